import * as fs from "node:fs";
import { SeatError } from "./errors";

/** The user of every proxy of every seat: the kernel counts the inotify instances of a machine by user, whatever namespaces its processes are in. */
const PROXY_USER = 1337;
/** What a seat with all lessons takes: pilot-agent has two and envoy one, in each of 17 pods; istiod has one, and a check brings a pod more. */
export const INSTANCES_OF_A_SEAT = 55;

const LIMIT = "/proc/sys/fs/inotify/max_user_instances";

/**
 * Refuses a seat whose proxies would end with "couldn't initialize inotify: too many open files", five minutes later and with no better message.
 *
 * @throws {SeatError} with the setting to raise; this program does not change the machine's settings.
 */
export function requireInotify(limit = Number(fs.readFileSync(LIMIT, "utf8")), taken = instancesOf(PROXY_USER)): void {
  if (taken + INSTANCES_OF_A_SEAT <= limit) return;
  throw new SeatError(
    `The proxies of the seats on this machine hold ${taken} of ${limit} inotify instances, and one more seat takes up to ${INSTANCES_OF_A_SEAT}. ` +
      `Take a seat down, or raise the limit: sysctl -w fs.inotify.max_user_instances=${2 ** Math.ceil(Math.log2(taken + INSTANCES_OF_A_SEAT + 1))}`,
  );
}

/** How many inotify instances the processes of a user hold open. */
export function instancesOf(user: number, proc = "/proc"): number {
  const processes = fs.readdirSync(proc).filter((name) => /^\d+$/.test(name) && ownerOf(`${proc}/${name}`) === user);
  return processes.flatMap((name) => openFiles(`${proc}/${name}/fd`)).filter((file) => file === "anon_inode:inotify").length;
}

function ownerOf(folder: string): number | undefined {
  return fs.statSync(folder, { throwIfNoEntry: false })?.uid;
}

/** What a process's descriptors lead to; none once it has ended. */
function openFiles(folder: string): string[] {
  try {
    return fs.readdirSync(folder).map((name) => fs.readlinkSync(`${folder}/${name}`));
  } catch {
    return [];
  }
}
