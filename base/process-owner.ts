import * as fs from "node:fs";
import { namespacePids, readOf } from "./process-id";

/** Entry of the auxiliary vector: the real user who called execve(2). See getauxval(3). */
const AT_UID = 11n;

/**
 * Whether a process is user `uid`'s by what the kernel says of it. Its name, its words and its variables are chosen by whoever starts it, and say nothing.
 * - All four user ids are `uid`. The owner of the folder /proc/PID is the effective one alone, which is root's in a setuid program (proc(5)).
 * - Its user namespace is ours: root of another one is an ordinary user here.
 * - `uid` has started its program: a setuid program may have become `uid`, with the variables of somebody else.
 *
 * @returns undefined where it cannot be told, because the kernel keeps the rest from us
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
    if (code === "ENOENT" || code === "ESRCH") return false; // it has ended
    if (code === "EACCES" || code === "EPERM") return undefined;
    throw error;
  }
}

/** Whether a process is this user's own, outside of any container. One of which that cannot be told is none. */
export function isOwn(pid: number): boolean {
  return !isContained(pid) && belongsTo(process.geteuid!(), pid) === true;
}

/** Whether a process is in a process namespace below ours, as everything in a container and in a seat is. Root of a pod is root here as well. */
export function isContained(pid: number): boolean {
  return namespacePids(pid).length > namespacePids("self").length;
}

/** Whether a process is known to be neither this user's nor root's. */
export function isStrangers(pid: number): boolean {
  return [process.geteuid!(), 0].every((uid) => belongsTo(uid, pid) === false);
}

/** Our own user namespace; undefined where the kernel has none. */
function ours(): string | undefined {
  own ??= fs.existsSync("/proc/self/ns/user") ? userNamespace("self") : "";
  return own || undefined;
}
let own: string | undefined;

function userNamespace(pid: number | "self"): string {
  return fs.readlinkSync(`/proc/${pid}/ns/user`);
}

/** Undefined for a thread of the kernel, whose vector is empty, and for a program of 32 bits. */
function starterIn(vector: Buffer): number | undefined {
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    if (vector.readBigUInt64LE(at) === AT_UID) return Number(vector.readBigUInt64LE(at + 8));
  }
  return undefined;
}
