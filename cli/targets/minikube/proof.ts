import * as path from "node:path";
import { isThere } from "../../../base/files";
import { quote } from "../../../base/quote";
import { dynamicType } from "../../../components/cluster/dynamic-type";
import {
  askContainers,
  containerCommand,
  containerDrivers,
  isContainer,
  machineIn,
  MINIKUBES,
  networksOf,
  type ContainerDriver,
} from "../../../components/cluster/minikube/containers";
import { thisHost } from "../../../components/cluster/minikube/daemon";
import { kubeconfigOf } from "../../../components/cluster/minikube/kubeconfig";
import { minikube as realMinikube, type Minikube } from "../../../components/cluster/minikube/minikube";
import { profileNameOf } from "../../../components/cluster/minikube/profile-name";
import { profileNamed } from "../../../components/cluster/minikube/tools";
import type { Deployment } from "../../stack/stack";
import { objectOf, type ProofContext, query, type Query, type TargetProof } from "../proof";

/** Asks docker or podman and returns its output lines. */
type Ask = (driver: ContainerDriver, args: readonly string[]) => Promise<string[]>;

/**
 * Asks for the remains of a minikube profile: its entry and its machines. For containers, also their network and
 * volumes.
 * @param has whether a program is on PATH
 */
export function minikubeProof(
  minikube: Pick<Minikube, "profiles" | "unreadable"> = realMinikube,
  ask: Ask = (driver, args) => askContainers(driver, args, `${driver} does not say`),
  has: (program: string) => boolean = thisHost.has,
): TargetProof {
  return {
    facts: async (context, before) => {
      const { profile = profileOf(context), usedDriver } = knownOf(before);
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
          ? containerDrivers.flatMap((one) => containerQueries(one, profile, ifHere))
          : isContainer(driver)
            ? containerQueries(driver, profile, ask)
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
   * Asks a program for a profile with an unknown driver. minikube takes only a driver whose program is on PATH
   * (registry/drvs), so one that is not there cannot have been the driver.
   */
  async function ifHere(driver: ContainerDriver, args: readonly string[]): Promise<string[]> {
    return has(driver) ? ask(driver, args) : [];
  }

  function containerQueries(driver: ContainerDriver, profile: string, asking: Ask): Promise<Query>[] {
    // The docker driver creates a bridge with the profile's name. A killed start may leave only that behind.
    const networks = networksOf(profile, "{{.Name}}");
    return [
      machineQuery("machines", driver, profile, ["ps", "--all"], "{{.Names}}", asking),
      query("networks", containerCommand(driver, networks), () => asking(driver, networks)),
      machineQuery("disks", driver, profile, ["volume", "ls"], "{{.Name}}", asking),
    ];
  }

  /**
   * Lists what is left of any of a profile's machines. A container and a volume have the machine's name, and minikube
   * labels them with that name instead of the profile's (kic.go, oci/volumes.go). The query therefore lists all that
   * minikube made, and picks by name. A failed question about the other profiles makes the answer unknown.
   */
  function machineQuery(
    what: string,
    driver: ContainerDriver,
    profile: string,
    list: readonly string[],
    format: string,
    asking: Ask,
  ): Promise<Query> {
    const args = [...list, "--filter", MINIKUBES, "--format", format];
    return query(what, containerCommand(driver, args), async () => {
      const found = (await asking(driver, args)).map((name) => ({ name, machine: machineIn(name, profile) }));
      const others = found.some(({ machine }) => machine !== undefined && machine !== profile)
        ? await otherProfiles(profile)
        : [];
      return found.filter(({ machine }) => machine !== undefined && !others.includes(machine)).map(({ name }) => name);
    });
  }

  /** A profile may have the name that a worker of another one would have. */
  async function otherProfiles(profile: string): Promise<string[]> {
    const names = [...(await minikube.profiles()).map(({ name }) => name), ...(await minikube.unreadable())];
    return names.filter((name) => name !== profile);
  }
}

/** Profile and driver in the state. The driver is there even if minikube chose it. */
function knownOf({ resources }: Deployment): { profile?: string; usedDriver?: string } {
  const { profile, usedDriver } = resources.find(({ type }) => type === dynamicType("Profile"))?.outputs ?? {};
  return { ...(typeof profile === "string" && { profile }), ...(typeof usedDriver === "string" && { usedDriver }) };
}

function profileOf(context: ProofContext): string {
  return (objectOf(context, "minikube").profile as string | undefined) ?? profileNameOf("istio-lab", context.stack);
}
