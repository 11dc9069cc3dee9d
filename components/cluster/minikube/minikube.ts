import { profilesIn, rangeIn, statusIn, versionIn } from "./answers";
import { commands, type ProfileSpec } from "./commands";
import { isTooOld, installLine, MinikubeError, reasonIn } from "./errors";
import { minikube as pinned } from "../../../versions";

/** What minikube stores about a profile. */
export interface Profile {
  readonly name: string;
  /** The driver in use, even if minikube chose it. */
  readonly driver: string;
  /** Without v. */
  readonly kubernetesVersion: string;
  /** Id of the generation that it was created for. Undefined for a profile that is not ours. */
  readonly generation?: string;
  /** As given to `--ports`. */
  readonly ports: readonly string[];
}

export interface Range {
  readonly oldest: string;
  readonly newest: string;
}

/**
 * The state of the control plane, as `minikube status` reports it: Running, Stopped, Paused, Configured,
 * Misconfigured, … Nonexistent stands for `null`. minikube prints that for a missing machine, and for any other
 * failure with any node. It therefore proves no loss.
 */
export interface Status {
  readonly host: string;
  readonly apiServer: string;
  readonly kubeconfig: string;
}

/**
 * The calls that the program makes to minikube. `file` is the kubeconfig that a call writes to, and never the user's.
 */
export interface Minikube {
  /** Returns the version without its v. @throws MinikubeError where minikube is missing or too old */
  version(): Promise<string>;
  /** Returns the oldest and the newest Kubernetes release that this minikube knows, without v. */
  kubernetesRange(): Promise<Range>;
  profiles(): Promise<Profile[]>;
  /**
   * Lists profiles that exist, but that minikube cannot read; `profiles` leaves them out. Slow: minikube queries the
   * state of all other profiles.
   */
  unreadable(): Promise<string[]>;
  status(profile: string, file: string): Promise<Status>;
  create(spec: ProfileSpec, file: string): Promise<void>;
  start(profile: string, kubernetesVersion: string, file: string): Promise<void>;
  /** Turns the machine off. Its disk stays, and so does its entry in the kubeconfig. */
  stop(profile: string, file: string): Promise<void>;
  ip(profile: string): Promise<string>;
  delete(profile: string, file: string): Promise<void>;
}

/** Calls the `minikube` on PATH, with the user's own settings for it (MINIKUBE_HOME, `minikube config`). */
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
    // The exit code is ignored: its bits repeat what the output says in words.
    const { stdout, all } = await run(commands.status(profile), file);
    return statusIn(profile, stdout, all);
  },

  create: async (spec, file) => void (await ok(commands.create(spec), file)),
  start: async (profile, kubernetesVersion, file) => void (await ok(commands.start(profile, kubernetesVersion), file)),
  stop: async (profile, file) => void (await ok(commands.stop(profile), file)),
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

/** Read-only calls get an empty kubeconfig instead of the user's. */
function environment(file = process.platform === "win32" ? "NUL" : "/dev/null"): Record<string, string> {
  return { KUBECONFIG: file, MINIKUBE_IN_STYLE: "false", MINIKUBE_WANTUPDATENOTIFICATION: "false" };
}
