import { profilesIn, rangeIn, statusIn, versionIn } from "./answers";
import { commands, type ProfileSpec } from "./commands";
import { isTooOld, installLine, MinikubeError, reasonIn } from "./errors";
import { minikube as pinned } from "../../../versions";

/** What minikube keeps of a profile. */
export interface Profile {
  readonly name: string;
  /** The driver in use, also where minikube chose it. */
  readonly driver: string;
  /** Without v. */
  readonly kubernetesVersion: string;
  /** Which making of a cluster it is; undefined for a profile that is not ours. */
  readonly generation?: string;
  /** As given to `--ports`. */
  readonly ports: readonly string[];
}

export interface Range {
  readonly oldest: string;
  readonly newest: string;
}

/**
 * The control plane as `minikube status` tells it: Running, Stopped, Paused, Configured, Misconfigured, … Nonexistent stands for `null`, which minikube
 * prints for a machine that is missing and for whatever else went wrong with any node: it is no evidence of a loss.
 */
export interface Status {
  readonly host: string;
  readonly apiServer: string;
  readonly kubeconfig: string;
}

/** The program's view of minikube. `file` is the kubeconfig that a call writes to: never the user's. */
export interface Minikube {
  /** Without v. @throws MinikubeError when there is no minikube, or one that is too old. */
  version(): Promise<string>;
  /** The oldest and the newest release of Kubernetes that it knows by itself, without v. */
  kubernetesRange(): Promise<Range>;
  profiles(): Promise<Profile[]>;
  /** The names of profiles that minikube cannot read. They are not among `profiles`, and yet there. Slow: it asks for the state of all the others. */
  unreadable(): Promise<string[]>;
  status(profile: string, file: string): Promise<Status>;
  create(spec: ProfileSpec, file: string): Promise<void>;
  start(profile: string, kubernetesVersion: string, file: string): Promise<void>;
  ip(profile: string): Promise<string>;
  delete(profile: string, file: string): Promise<void>;
}

/** The `minikube` of PATH, with what the user has set for it (MINIKUBE_HOME, `minikube config`). */
export const minikube: Minikube = {
  async version() {
    const version = versionIn((await ok(commands.version())).stdout);
    if (isTooOld(version))
      throw new MinikubeError(
        `minikube is ${version}; ${pinned.oldest} or newer is needed. Install it: ${installLine()}`,
      );
    return version;
  },

  kubernetesRange: async () => rangeIn((await ok(commands.kubernetesVersions())).stdout),
  profiles: async () => profilesIn((await ok(commands.profiles())).stdout).profiles,
  unreadable: async () => profilesIn((await ok(commands.allProfiles())).stdout).unreadable,

  async status(profile, file) {
    // The exit code tells in bits what the output tells in words.
    const { stdout, all } = await run(commands.status(profile), file);
    return statusIn(profile, stdout, all);
  },

  create: async (spec, file) => void (await ok(commands.create(spec), file)),
  start: async (profile, kubernetesVersion, file) => void (await ok(commands.start(profile, kubernetesVersion), file)),
  ip: async (profile) => (await ok(commands.ip(profile))).stdout.trim().split("\n").at(-1)!,
  delete: async (profile, file) => void (await ok(commands.delete(profile), file)),
};

async function ok(args: string[], file?: string): Promise<{ stdout: string }> {
  const ended = await run(args, file);
  if (ended.exitCode === 0) return ended;
  throw new MinikubeError(
    `minikube ${args.join(" ")} ended with ${ended.exitCode ?? ended.signal}:\n${reasonIn(ended.all)}`,
  );
}

async function run(args: string[], file?: string) {
  const { execa } = await import("execa");
  const ended = await execa("minikube", args, { env: environment(file), all: true, reject: false, stdin: "ignore" });
  if (ended.code === "ENOENT") throw new MinikubeError(`There is no minikube on PATH. Install it: ${installLine()}`);
  return { exitCode: ended.exitCode, signal: ended.signal, stdout: ended.stdout, all: ended.all };
}

/** What asks and never writes gets no kubeconfig at all, rather than the user's. */
function environment(file = process.platform === "win32" ? "NUL" : "/dev/null"): Record<string, string> {
  return { KUBECONFIG: file, MINIKUBE_IN_STYLE: "false", MINIKUBE_WANTUPDATENOTIFICATION: "false" };
}
