import * as path from "node:path";
import { execa } from "execa";
import { isThere } from "../../../base/files";
import { quote } from "../../../base/quote";
import { dynamicType } from "../../../components/cluster/dynamic-type";
import { kubeconfigOf } from "../../../components/cluster/minikube/kubeconfig";
import { minikube as realMinikube, type Minikube } from "../../../components/cluster/minikube/minikube";
import { profileNameOf } from "../../../components/cluster/minikube/profile-name";
import { isContainer } from "../../../components/cluster/minikube/reach";
import { profileNamed } from "../../../components/cluster/minikube/tools";
import type { Deployment } from "../../stack/stack";
import { objectOf, type ProofContext, query, type Query, type TargetProof } from "../proof";

/** Runs docker or podman and returns its output lines. */
type Containers = (program: string, args: readonly string[]) => Promise<string[]>;

/**
 * Asks for the remains of a minikube profile: its entry and its machine. For a container, also its network and volume.
 */
export function minikubeProof(minikube: Minikube = realMinikube, containers: Containers = runContainers): TargetProof {
  return {
    facts: async (context, before) => {
      const { profile = profileOf(context), usedDriver } = machineIn(before);
      const driver = usedDriver ?? (await driverOf(profile));
      return { profile, ...(driver !== undefined && { driver }) };
    },
    queries: async (context, facts) => {
      const profile = String(facts.profile ?? profileOf(context));
      const driver = (facts.driver ?? objectOf(context, "minikube").driver ?? (await driverOf(profile))) as
        string | undefined;
      const kept = path.dirname(kubeconfigOf(profile));
      return Promise.all([
        query("profile", "minikube profile list", async () =>
          (await profileNamed(minikube, profile)) ? [profile] : [],
        ),
        ...(driver === undefined
          ? runtimes.flatMap((runtime) => containerQueries(runtime, profile, ofAny))
          : isContainer(driver)
            ? containerQueries(driver, profile, containers)
            : []),
        query("kubeconfig", `ls -d ${quote(kept)}`, () => (isThere(kept) ? [kept] : [])).then((one) => ({
          ...one,
          isLocal: true as const,
        })),
      ]);
    },
  };

  /**
   * The driver according to minikube. If minikube names none, the profile's query tells why, and every container
   * driver is asked.
   */
  async function driverOf(profile: string): Promise<string | undefined> {
    return (await profileNamed(minikube, profile).catch(() => undefined))?.driver;
  }

  /**
   * Asks a program for a profile with an unknown driver. A program that is not installed cannot have been the driver.
   */
  async function ofAny(program: string, args: readonly string[]): Promise<string[]> {
    return containers(program, args).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
  }
}

/** Programs whose containers minikube uses as machines. */
const runtimes = ["docker", "podman"];

/** Profile and driver in the state. The driver is there even if minikube chose it. */
function machineIn({ resources }: Deployment): { profile?: string; usedDriver?: string } {
  const { profile, usedDriver } = resources.find(({ type }) => type === dynamicType("Profile"))?.outputs ?? {};
  return { ...(typeof profile === "string" && { profile }), ...(typeof usedDriver === "string" && { usedDriver }) };
}

function containerQueries(driver: string, profile: string, containers: Containers): Promise<Query>[] {
  const machines = ["ps", "--all", "--filter", `label=name.minikube.sigs.k8s.io=${profile}`, "--format", "{{.Names}}"];
  // The docker driver creates a bridge with the profile's name. A killed start may leave only that behind.
  const networks = ["network", "ls", "--filter", `label=name.minikube.sigs.k8s.io=${profile}`, "--format", "{{.Name}}"];
  const volumes = ["volume", "ls", "--filter", `label=name.minikube.sigs.k8s.io=${profile}`, "--format", "{{.Name}}"];
  return [
    query("machines", `${driver} ${machines.join(" ")}`, () => containers(driver, machines)),
    query("networks", `${driver} ${networks.join(" ")}`, () => containers(driver, networks)),
    query("disks", `${driver} ${volumes.join(" ")}`, () => containers(driver, volumes)),
  ];
}

function profileOf(context: ProofContext): string {
  return (objectOf(context, "minikube").profile as string | undefined) ?? profileNameOf("istio-lab", context.stack);
}

const runContainers: Containers = async (program, args) =>
  (await execa(program, [...args], { stdin: "ignore" })).stdout.split("\n").filter(Boolean);
