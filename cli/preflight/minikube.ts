import * as os from "node:os";
import { thisHost, type Daemon, type Host } from "../../components/cluster/minikube/daemon";
import { minikube, type Minikube } from "../../components/cluster/minikube/minikube";
import { profileNameOf } from "../../components/cluster/minikube/profile-name";
import { isContainer, isPublished } from "../../components/cluster/minikube/reach";
import { enough, type MinikubeSettings } from "../../components/cluster/minikube/settings";
import { foreign, profileNamed } from "../../components/cluster/minikube/tools";
import type { Finding, PreflightContext } from "./finding";

/** This machine, and what is on it. */
export interface Machine extends Host {
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  /** Undefined on Windows. */
  readonly uid?: number;
  /** The user has told minikube to go on where it would rather not (MINIKUBE_FORCE, which is its --force). */
  readonly isForced?: boolean;
}

const project = "istio-lab";

/** What target minikube asks before anything is made: minikube itself, this machine, and the profile's name. */
export async function findings({ stack, settings, state }: PreflightContext): Promise<Finding[]> {
  // More than one after a run that was killed in the middle of a replacement.
  const generations = state.resources.filter(({ type }) => type === "pulumi-nodejs:dynamic/cluster:Generation").map(({ id }) => id);
  const machine = { ...thisHost, cpus: os.availableParallelism(), memory: os.totalmem(), uid: process.getuid?.(), isForced: process.env.MINIKUBE_FORCE === "true" };
  return judge(settings.minikube, settings.minikube.profile ?? profileNameOf(project, stack), generations, machine, minikube);
}

/** The same of any machine. `generations` are those of the stack's state. */
export async function judge(settings: MinikubeSettings, profile: string, generations: readonly (string | undefined)[], machine: Machine, minikube: Minikube): Promise<Finding[]> {
  let version: string;
  try {
    version = await minikube.version();
  } catch (error) {
    return [{ name: "minikube", status: "refused", seen: (error as Error).message }];
  }
  const { driver } = settings;
  const daemon = driver === undefined || isContainer(driver) ? await machine.daemon(driver ?? "docker") : undefined;
  const there = await profileNamed(minikube, profile);
  return [
    { name: "minikube", status: "ok", seen: version },
    // What is there has its machine already, whatever this one has.
    ...(there === undefined ? [driverFinding(driver, daemon, machine), ...roomFindings(settings, daemon ?? machine, daemon !== undefined)] : []),
    there === undefined || (there.generation !== undefined && generations.includes(there.generation))
      ? { name: `profile ${profile}`, status: "ok", seen: there === undefined ? "no profile has this name" : "this stack's own" }
      : { name: `profile ${profile}`, status: "refused", seen: foreign(there).message },
    nodePortsFinding(machine, driver, daemon),
    { name: "LoadBalancer", status: "notice", seen: "the seat needs none; one that a trainee makes stays pending", todo: `minikube tunnel --profile=${profile}` },
  ];
}

function driverFinding(driver: string | undefined, daemon: Daemon | undefined, { platform, uid, isForced, remoteDocker }: Machine): Finding {
  const name = "driver";
  const named = driver ?? "minikube's own choice";
  if (platform === "linux" && uid === 0 && driver !== "none" && !isForced) {
    const todo = "run the same command as a user without root rights, or with MINIKUBE_FORCE=true";
    return { name, status: "refused", seen: `${named}, as root: minikube's drivers refuse it, all but none`, todo };
  }
  if (driver !== undefined && isContainer(driver) && daemon === undefined) return { name, status: "refused", seen: `${driver} is not installed or does not answer`, todo: `start ${driver}` };
  if (remoteDocker !== undefined && (driver === "docker" || (driver === undefined && daemon !== undefined))) {
    return { name, status: "refused", seen: `${named}, on another machine (DOCKER_HOST is ${remoteDocker}): no URL of the seat would be reached from here`, todo: "unset DOCKER_HOST" };
  }
  return { name, status: "ok", seen: named };
}

function roomFindings({ cpus, memory }: MinikubeSettings, have: { cpus: number; memory: number }, inContainers: boolean): Finding[] {
  const where = inContainers ? "for containers" : "on this machine";
  const megabytes = Math.floor(have.memory / 2 ** 20);
  const less = (key: string, least: number) => `give it more, or ask for less with fewer lessons: pulumi config set --path istio-lab:minikube.${key} N (all lessons need ${least})`;
  const finding = (name: string, key: "cpus" | "memory", wanted: number, seen: number, unit: string): Finding => {
    const text = `${wanted}${unit} asked for, ${seen}${unit} ${where}`;
    if (seen < wanted) return { name, status: "refused", seen: text, todo: less(key, enough[key]) };
    return wanted < enough[key] ? { name, status: "notice", seen: `${text}; all lessons need ${enough[key]}${unit}` } : { name, status: "ok", seen: text };
  };
  return [finding("CPUs", "cpus", cpus, have.cpus, ""), finding("memory", "memory", memory, megabytes, " MB")];
}

function nodePortsFinding(host: Host, driver: string | undefined, daemon: Daemon | undefined): Finding {
  const published = isPublished(host, driver, daemon);
  return { name: "URLs", status: "ok", seen: published ? "free ports of 127.0.0.1, where the node ports are published" : "node ports at the address of `minikube ip`" };
}
