import * as fs from "node:fs";
import { namespacePids, readOf } from "./process-id";

/** The auxiliary vector's entry for the real user who called execve(2). See getauxval(3). */
const AT_UID = 11n;

/**
 * Whether a process belongs to user `uid`, by what the kernel says about it. Its name, arguments and variables prove
 * nothing, because whoever starts it chooses them.
 * - All four user ids are `uid`. The owner of the folder /proc/PID is only the effective id, which is root's in a
 *   setuid program (proc(5)).
 * - Its user namespace is ours. Root in another user namespace is an ordinary user here.
 * - `uid` started its program. A setuid program may have become `uid` while it keeps another user's variables.
 *
 * @returns undefined where the kernel does not let us read the rest
 */
export function belongsTo(uid: number, pid: number): boolean | undefined {
  const ids = /^Uid:\s*(.*)$/m.exec(readOf(`/proc/${pid}/status`) ?? "")?.[1]?.split(/\s+/);
  if (ids === undefined || !ids.every((id) => Number(id) === uid)) return false;
  try {
    if (ours() !== undefined && userNamespace(pid) !== ours()) return false;
    const vector = fs.readFileSync(`/proc/${pid}/auxv`);
    const starter = starterIn(vector);
    return starter === undefined && vector.length > 0 ? undefined : starter === uid;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return false; // the process has ended
    if (code === "EACCES" || code === "EPERM") return undefined;
    throw error;
  }
}

/** Whether a process is this user's own and outside any container. Where this is unknown, the answer is false. */
export function isOwn(pid: number): boolean {
  return !isContained(pid) && belongsTo(process.geteuid!(), pid) === true;
}

/**
 * Whether a process is in a PID namespace below ours, like everything in a container or a seat. Root in a pod is root
 * here too.
 */
export function isContained(pid: number): boolean {
  return namespacePids(pid).length > namespacePids("self").length;
}

/** Whether a process is known to be neither this user's nor root's. */
export function isStrangers(pid: number): boolean {
  return [process.geteuid!(), 0].every((uid) => belongsTo(uid, pid) === false);
}

/** Returns our own user namespace; undefined where the kernel has none. */
function ours(): string | undefined {
  own ??= fs.existsSync("/proc/self/ns/user") ? userNamespace("self") : "";
  return own || undefined;
}
let own: string | undefined;

function userNamespace(pid: number | "self"): string {
  return fs.readlinkSync(`/proc/${pid}/ns/user`);
}

/**
 * Returns the user who started the program. Undefined for a kernel thread, which has an empty vector, and for a
 * 32-bit program.
 */
function starterIn(vector: Buffer): number | undefined {
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    if (vector.readBigUInt64LE(at) === AT_UID) return Number(vector.readBigUInt64LE(at + 8));
  }
  return undefined;
}
