import * as fs from "node:fs";
import { SeatError } from "../../base/seat-error";

/**
 * The user of istiod and of every proxy of every seat. The kernel counts a machine's inotify instances by user,
 * across all namespaces.
 */
export const PROXY_USER = 1337;
/** The number of pods with a sidecar in all lessons together. */
const ALL_SIDECARS = 15;

/**
 * How many instances the pods of a seat use. istiod has one. Each pod with a sidecar has three: two of pilot-agent
 * and one of Envoy. So do the gateway and a pod that a check starts.
 */
export function instancesFor(sidecars = ALL_SIDECARS): number {
  return 1 + 3 * (sidecars + 2);
}

const LIMIT = "/proc/sys/fs/inotify/max_user_instances";

/**
 * Refuses a seat whose proxies would fail. Without this check they end five minutes later, with no better message
 * than "couldn't initialize inotify: too many open files".
 *
 * @param sidecars how many of its pods have a sidecar
 * @throws {SeatError} with the setting to raise; this program does not change the machine's settings.
 */
export function requireInotify(sidecars?: number, limit = inotifyLimit(), taken = instancesOf(PROXY_USER)): void {
  const more = instancesFor(sidecars);
  if (taken + more <= limit) return;
  throw new SeatError(
    `The proxies of the seats on this machine hold ${taken} of ${limit} inotify instances, and one more seat takes up to ${more}. ` +
      `Take a seat down, or raise the limit: ${raiseTo(taken + more)}`,
  );
}

export function inotifyLimit(): number {
  return Number(fs.readFileSync(LIMIT, "utf8"));
}

/** The command that raises the limit to allow this many instances. */
export function raiseTo(instances: number): string {
  return `sysctl -w fs.inotify.max_user_instances=${2 ** Math.ceil(Math.log2(instances + 1))}`;
}

/** How many inotify instances a user's processes hold open. */
export function instancesOf(user: number, proc = "/proc"): number {
  const processes = fs.readdirSync(proc).filter((name) => /^\d+$/.test(name) && ownerOf(`${proc}/${name}`) === user);
  return processes.flatMap((name) => openFiles(`${proc}/${name}/fd`)).filter((file) => file === "anon_inode:inotify")
    .length;
}

function ownerOf(folder: string): number | undefined {
  return fs.statSync(folder, { throwIfNoEntry: false })?.uid;
}

/**
 * The targets of a process's descriptors. Empty once the process has ended. Leaves out a descriptor that was closed
 * meanwhile.
 */
function openFiles(folder: string): string[] {
  return ended(() => fs.readdirSync(folder)).flatMap((name) => ended(() => [fs.readlinkSync(`${folder}/${name}`)]));
}

function ended(read: () => string[]): string[] {
  try {
    return read();
  } catch (error) {
    // Only root sees the descriptors of another user's processes, and only root makes a seat.
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}
