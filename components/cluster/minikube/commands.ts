import { markOf } from "./marker";

/** A profile to create. */
export interface ProfileSpec {
  readonly profile: string;
  readonly generation: string;
  /** @default minikube's own choice */
  readonly driver?: string;
  readonly cpus: number;
  /** MB. */
  readonly memory: number;
  readonly kubernetesVersion: string;
  /**
   * `address:port:node port` for each port that this machine publishes. Only docker and podman use it; other drivers
   * ignore it.
   */
  readonly ports: readonly string[];
}

/** The arguments of every minikube call. test/rehearsal/minikube-binary.test.ts shows each of them to the real binary. */
export const commands = {
  version: () => ["version", "--output=json"],
  /** Without the profiles' states, which are slow to query. */
  profiles: () => ["profile", "list", "--light", "--output=json"],
  /** The light list leaves out what minikube cannot read (config.ListValidProfiles). */
  allProfiles: () => ["profile", "list", "--output=json"],
  status: (profile: string) => ["status", `--profile=${profile}`, "--output=json"],
  /** Prints the Kubernetes releases that this minikube knows, one per line. */
  kubernetesVersions: () => ["config", "defaults", "kubernetes-version"],
  stop: (profile: string) => ["stop", `--profile=${profile}`],
  ip: (profile: string) => ["ip", `--profile=${profile}`],
  delete: (profile: string) => ["delete", `--profile=${profile}`],
  create: ({ driver, cpus, memory, ports, ...spec }: ProfileSpec) => [
    ...commands.start(spec.profile, spec.kubernetesVersion),
    ...(driver === undefined ? [] : [`--driver=${driver}`]),
    // With driver none, the machine is this one as it is. minikube would warn about a size.
    ...(driver === "none" ? [] : [`--cpus=${cpus}`, `--memory=${memory}mb`]),
    `--apiserver-names=${markOf(spec.generation)}`,
    ...ports.map((port) => `--ports=${port}`),
  ],
  /**
   * Starts whatever is missing: the machine, Kubernetes, or the entry in the kubeconfig. Where nothing is missing, it
   * only checks.
   */
  start: (profile: string, kubernetesVersion: string) => [
    "start",
    `--profile=${profile}`,
    `--kubernetes-version=v${kubernetesVersion}`,
    "--embed-certs",
    "--wait=all",
    "--interactive=false",
  ],
};
