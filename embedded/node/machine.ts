import * as fs from "node:fs";
import { shownName } from "../../base/names";
import type { AddonName } from "../../versions";
import { images } from "../images";
import { gibibytes, roomFor } from "../../base/room";
import { binary } from "../toolchain";
import { requireDebian, requireMachine } from "../toolchain/machine";
import { SeatError } from "../../base/seat-error";
import { layout } from "./layout";
import { run } from "./run";

/** The node's programs that are built on this machine. */
export const BUILT = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy"];
/** The node's programs that Debian packages install. */
const INSTALLED = [
  "containerd",
  "containerd-shim-runc-v2",
  "ctr",
  "etcd",
  "ip",
  "iptables",
  "nsenter",
  "runc",
  "s6-log",
  "s6-svc",
  "s6-svscan",
  "setpriv",
  "unshare",
];

/** Room for a seat's images and logs, in bytes. */
export const NEEDED_BYTES = 3 * 2 ** 30;

/**
 * Checks that this machine meets the requirements of a seat in `folder`.
 *
 * @param addons the addons that the seat is to have. @default all
 * @throws one message that lists everything missing, and what to do about each.
 */
export async function requireForSeat(folder: string, addons?: readonly AddonName[]): Promise<void> {
  const checks: (() => void | Promise<void>)[] = [
    () => requireMachine(),
    () => requireDebian(),
    () => requirePrograms(addons),
    requireNamespaces,
    () => requirePath(folder),
    () => requireRoom(folder),
  ];
  const problems: string[] = [];
  for (const [index, check] of checks.entries()) {
    try {
      await check();
    } catch (error) {
      problems.push((error as Error).message);
      if (index === 0) break; // on another system, the other checks make no sense
    }
  }
  if (problems.length > 0) throw new SeatError(problems.join("\n"));
}

/** @throws SeatError that lists what is not built */
export function requirePrograms(addons?: readonly AddonName[]): void {
  const programs = [...BUILT, ...INSTALLED].filter((name) => {
    try {
      return !binary(name);
    } catch {
      return true;
    }
  });
  // The images are built from these programs: while programs are missing, images cannot be checked.
  const missing = programs.length > 0 ? programs : imagesMissing(addons);
  if (missing.length === 0) return;
  throw new SeatError(
    `Missing: ${missing.join(", ")}. \`npm run embedded -- build\` builds and installs what is missing.`,
  );
}

function imagesMissing(addons?: readonly AddonName[]): string[] {
  try {
    return images(addons)
      .filter((image) => !fs.existsSync(image.archive))
      .map((image) => `image ${image.name}`);
  } catch (error) {
    // What an addon's image is made of is built only for that addon.
    return [(error as Error).message.replace(/ is not built yet\.[^]*$/, "")];
  }
}

async function requireNamespaces(): Promise<void> {
  if (process.getuid?.() !== 0) return; // requireDebian() reports that already
  try {
    await run("unshare", [
      "--cgroup",
      "--fork",
      "--pid",
      "--mount",
      "--net",
      "--uts",
      "--ipc",
      "--propagation",
      "private",
      "true",
    ]);
  } catch (error) {
    throw new SeatError(
      `This machine does not let root make namespaces (${(error as Error).message}). ` +
        "A container must be privileged. Otherwise use the stack `dev` (minikube).",
    );
  }
}

/** The seat's programs are found by PATH, which cannot contain a colon in a path. */
export function requirePath(folder: string): void {
  const at = layout(folder).folder;
  if (!/[:\p{Cc}]/u.test(at)) return;
  throw new SeatError(
    `${shownName(at)} cannot hold a seat: ${at.includes(":") ? "a colon" : "a control character"} is in its path. Nothing has been made. ` +
      "Rename that folder, or set ISTIO_LAB_HOME to another one.",
  );
}

function requireRoom(folder: string): void {
  const { there, bytes } = roomFor(folder);
  if (bytes >= NEEDED_BYTES) return;
  throw new SeatError(
    `The disk of ${there} has ${gibibytes(bytes)} left, and a seat needs ${gibibytes(NEEDED_BYTES)}. ` +
      "Make room, or set ISTIO_LAB_HOME to a folder on another disk.",
  );
}
