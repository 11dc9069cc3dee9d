import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";
import { quote } from "../../../base/quote";
import { MinikubeError } from "./errors";

/** Programs whose containers minikube uses as machines. */
export const containerDrivers = ["docker", "podman"] as const;
export type ContainerDriver = (typeof containerDrivers)[number];

/** Whether the driver's machines are containers. */
export function isContainer(driver: string): driver is ContainerDriver {
  return (containerDrivers as readonly string[]).includes(driver);
}

/**
 * Returns program and arguments that reach minikube's containers. On Linux, minikube runs Podman by sudo
 * (oci.PrefixCmd), and thus uses root's Podman. It uses the user's own where the user asked for a rootless one.
 */
export function containerProgram(driver: ContainerDriver, args: readonly string[]): [file: string, args: string[]] {
  return driver === "podman" && process.platform === "linux" && process.getuid?.() !== 0 && !isRootless()
    ? ["sudo", ["-n", driver, ...args]]
    : [driver, [...args]];
}

/** Returns the same as one line for a shell, for advice and for the proof. */
export function containerCommand(driver: ContainerDriver, args: readonly string[]): string {
  const [file, rest] = containerProgram(driver, args);
  return [file, ...rest].map(quote).join(" ");
}

/**
 * Returns the lines that docker or podman prints. @throws MinikubeError that begins with `failure` where the command
 * fails
 */
export async function askContainers(
  driver: ContainerDriver,
  args: readonly string[],
  failure: string,
): Promise<string[]> {
  const { execa } = await import("execa");
  const [file, rest] = containerProgram(driver, args);
  const ended = await execa(file, rest, { reject: false, stdin: "ignore", timeout: 20_000 });
  if (ended.exitCode === 0) return ended.stdout.split("\n").filter(Boolean);
  throw new MinikubeError(`${failure}: ${`${ended.stderr ?? ""}`.trim().split("\n").at(-1) || ended.shortMessage}`);
}

/** Matches whatever minikube created (oci/types.go). */
export const MINIKUBES = "label=created_by.minikube.sigs.k8s.io=true";

/** Matches what minikube created for a machine of this name. The first machine of a profile has the profile's name. */
export function ofMachine(name: string): string {
  return `label=name.minikube.sigs.k8s.io=${name}`;
}

/**
 * Returns the name of the profile's machine that a container or a volume of minikube's belongs to. A worker's name is
 * the profile's with `-m` and its number (config.MachineName, node.Name). A container that fills a new volume adds a
 * suffix (oci/volumes.go). Undefined where it belongs to none of them.
 */
export function machineIn(name: string, profile: string): string | undefined {
  const isMachine = (machine: string) =>
    machine === profile || (machine.startsWith(profile) && /^-m\d{2,}$/.test(machine.slice(profile.length)));
  return [name, name.replace(/-preload-sidecar$/, "")].find(isMachine);
}

/**
 * Returns the arguments that list minikube's networks of a profile's name. minikube sets both labels
 * (oci/network_create.go).
 */
export function networksOf(profile: string, format: string): string[] {
  return ["network", "ls", "--no-trunc", "--filter", MINIKUBES, "--filter", ofMachine(profile), "--format", format];
}

/** The setting `rootless` as minikube reads it: from MINIKUBE_ROOTLESS, else from `minikube config` (root.go). */
function isRootless(): boolean {
  const { MINIKUBE_ROOTLESS: forced, MINIKUBE_HOME: home } = process.env;
  // Spelled as Go's strconv.ParseBool has it.
  if (forced) return /^(1|t|T|true|TRUE|True)$/.test(forced);
  const root = home || homedir();
  const folder = path.basename(root) === ".minikube" ? root : path.join(root, ".minikube"); // localpath.MiniPath
  try {
    const { rootless } = JSON.parse(readFileSync(path.join(folder, "config", "config.json"), "utf8")) as {
      rootless?: unknown;
    };
    return String(rootless) === "true";
  } catch {
    return false;
  }
}
