import { dynamicType } from "../../../components/cluster/dynamic-type";
import { thisHost, type Daemon, type Host } from "../../../components/cluster/minikube/daemon";
import { kubeconfigOf } from "../../../components/cluster/minikube/kubeconfig";
import { minikube, type Minikube, type Profile } from "../../../components/cluster/minikube/minikube";
import { asleep, powerLack } from "../../../components/cluster/minikube/power";
import { isContainer } from "../../../components/cluster/minikube/containers";
import { isPublished } from "../../../components/cluster/minikube/reach";
import type { MinikubeSettings } from "../../../components/cluster/minikube/settings";
import { profileRoom } from "../../../components/cluster/minikube/size";
import { foreign, profileNamed } from "../../../components/cluster/minikube/tools";
import { minikubeCommand, profileOf } from "./power";
import type { Deployment } from "../../stack/stack";
import { demandOf } from "../../preflight/demand";
import { nameStack, type Finding, type PreflightContext } from "../../preflight/finding";
import { kubernetesFinding } from "./kubernetes-version";
import { driverFinding } from "./driver";
import { sizeFindings, type Requests } from "./sizes";

/** This machine and its programs. */
export interface Machine extends Host {
  /** Undefined on Windows. */
  readonly uid?: number;
  /** The user told minikube to ignore its own objections (MINIKUBE_FORCE, like its --force). */
  readonly isForced?: boolean;
}

/** A seat on minikube. */
export interface Wanted {
  readonly stack: string;
  readonly settings: MinikubeSettings;
  readonly profile: string;
  /** The generations in the stack's state. */
  readonly generations: readonly (string | undefined)[];
  /** The requests of its mesh, lessons and addons. */
  readonly demand: Requests;
}

/** Target minikube's checks before anything is made: minikube itself, this machine, and the profile's name. */
export async function findings({ stack, settings, state }: PreflightContext): Promise<Finding[]> {
  const found = await evaluate(
    {
      stack,
      settings: settings.minikube,
      profile: profileOf(stack, settings.minikube),
      generations: generationsOf(state),
      demand: demandOf(settings),
    },
    thisMachine(),
    minikube,
  );
  return found.map((finding) => nameStack(finding, stack));
}

export function thisMachine(): Machine {
  return { ...thisHost, uid: process.getuid?.(), isForced: process.env.MINIKUBE_FORCE === "true" };
}

/** There are several after a run was killed in the middle of a replacement. */
export function generationsOf({ resources }: Pick<Deployment, "resources">): (string | undefined)[] {
  return resources.filter(({ type }) => type === dynamicType("Generation")).map(({ id }) => id);
}

/** Like `findings`, for any machine. The commands in its messages do not name the stack yet. */
export async function evaluate(wanted: Wanted, machine: Machine, minikube: Minikube): Promise<Finding[]> {
  const { settings, profile } = wanted;
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
    ...(there?.kubernetesVersion === settings.kubernetesVersion
      ? []
      : [await kubernetesFinding(settings.kubernetesVersion, version, machine, minikube)]),
    // An existing profile already has its machine, so this machine's size no longer matters.
    ...(there === undefined
      ? [
          driverFinding(driver, daemon, machine),
          ...sizeFindings(wanted, profileRoom(machine, daemon), daemon !== undefined),
        ]
      : []),
    await profileFinding(wanted, there, minikube),
    nodePortsFinding(machine, driver, daemon),
    {
      name: "LoadBalancer",
      status: "notice",
      seen: "the seat needs none; a trainee's Service stays pending",
      todo: minikubeCommand(profile, "tunnel"),
    },
  ];
}

/** `up` starts a profile that does not run. Until then nothing in it can be asked. */
async function profileFinding(
  { profile, generations }: Wanted,
  there: Profile | undefined,
  minikube: Minikube,
): Promise<Finding> {
  const name = `profile ${profile}`;
  if (there === undefined) return { name, status: "ok", seen: "no profile has this name" };
  if (there.generation === undefined || !generations.includes(there.generation))
    return { name, status: "refused", seen: foreign(there).message };
  let status;
  try {
    status = await minikube.status(profile, kubeconfigOf(profile));
  } catch (error) {
    return { name, status: "notice", seen: `this stack's own; ${(error as Error).message}` };
  }
  const state = asleep(status);
  if (state === undefined) return { name, status: "ok", seen: "this stack's own" };
  if (status.host === "Nonexistent")
    return { name, status: "notice", seen: `this stack's own; ${powerLack(profile, status)}` };
  return {
    name,
    status: "notice",
    seen: `this stack's own, ${state}: it cannot be asked`,
    todo: "`npm run up` starts it again",
  };
}

function nodePortsFinding(host: Host, driver: string | undefined, daemon: Daemon | undefined): Finding {
  const published = isPublished(host, driver, daemon);
  return {
    name: "URLs",
    status: "ok",
    seen: published
      ? "free ports of 127.0.0.1, where the node ports are published"
      : "node ports at the address of `minikube ip`",
  };
}
