import * as fs from "node:fs";
import { SeatError } from "../../base/seat-error";

/** The user of istiod and of every proxy of every seat: the kernel counts the inotify instances of a machine by user, whatever namespaces its processes are in. */
export const PROXY_USER = 1337;
/** Pods of all lessons that have a sidecar. */
const ALL_SIDECARS = 15;

/** What the pods of a seat take: istiod has one, pilot-agent two and envoy one in each pod with a sidecar, in the gateway, and in a pod that a check brings. */
export function instancesFor(sidecars = ALL_SIDECARS): number {
  return 1 + 3 * (sidecars + 2);
}

const LIMIT = "/proc/sys/fs/inotify/max_user_instances";

/**
 * Refuses a seat whose proxies would end with "couldn't initialize inotify: too many open files", five minutes later and with no better message.
 *
 * @param sidecars how many of its pods have one
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

/** The command that allows so many. */
export function raiseTo(instances: number): string {
  return `sysctl -w fs.inotify.max_user_instances=${2 ** Math.ceil(Math.log2(instances + 1))}`;
}

/** How many inotify instances the processes of a user hold open. */
export function instancesOf(user: number, proc = "/proc"): number {
  const processes = fs.readdirSync(proc).filter((name) => /^\d+$/.test(name) && ownerOf(`${proc}/${name}`) === user);
  return processes.flatMap((name) => openFiles(`${proc}/${name}/fd`)).filter((file) => file === "anon_inode:inotify")
    .length;
}

function ownerOf(folder: string): number | undefined {
  return fs.statSync(folder, { throwIfNoEntry: false })?.uid;
}

/** What a process's descriptors lead to; none once it has ended, and none of one that was closed meanwhile. */
function openFiles(folder: string): string[] {
  return ended(() => fs.readdirSync(folder)).flatMap((name) => ended(() => [fs.readlinkSync(`${folder}/${name}`)]));
}

function ended(read: () => string[]): string[] {
  try {
    return read();
  } catch (error) {
    // Another user's processes are not shown to one that is not root, and only root makes a seat.
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}
