import * as fs from "node:fs";

/**
 * An environment variable of a seat's processes. Its value is the path that the seat's folder had at the start. It
 * proves nothing: any user can set it.
 */
export const SEAT_MARK = "ISTIO_LAB_SEAT";

/** /proc's errors for a process that has ended. */
const ENDED = ["ENOENT", "ESRCH"];
/** /proc's errors for another user's process. */
const ANOTHERS = ["EACCES", "EPERM"];

/** Identifies a process, so that a later one with the same number is not mistaken for it. */
export interface ProcessId {
  pid: number;
  /** Its start time, in clock ticks since boot (field 22 of /proc/PID/stat, see proc(5)). */
  start: string;
  /**
   * The boot that the ticks count from: after a reboot the same number may start at the same tick. Records of older
   * versions lack it.
   */
  boot?: string;
}

/** Identifies this process. */
export function self(): ProcessId {
  const { parent: _, ...id } = identify(process.pid)!;
  return id;
}

/**
 * Returns the process that has the number `pid` now, and its parent; undefined where there is none, or only its
 * zombie.
 */
export function identify(pid: number): (ProcessId & { parent: number }) | undefined {
  const { state, parent, start } = statOf(pid) ?? {};
  if (state === "Z" || state === "X" || !start) return undefined;
  const boot = bootId();
  return { pid, start, ...(boot !== undefined && { boot }), parent: Number(parent) };
}

/** Whether exactly this process is alive. */
export function isAlive(id: ProcessId | undefined): boolean {
  return id !== undefined && isOfThisBoot(id) && identify(id.pid)?.start === id.start;
}

/** Whether exactly this process is in the process table, even as a zombie that its parent has not reaped. */
export function isListed(id: ProcessId): boolean {
  return isOfThisBoot(id) && statOf(id.pid)?.start === id.start;
}

/** How many seconds process `id` has been running. */
export function age(id: ProcessId): number {
  const uptime = Number(readOf("/proc/uptime")?.split(" ")[0]);
  return uptime - Number(id.start) / 100; // USER_HZ is 100 on x86-64
}

/** Returns the id of this boot (random(4)); undefined where the kernel does not provide it. */
export function bootId(): string | undefined {
  boot ??= readOf("/proc/sys/kernel/random/boot_id", [...ENDED, ...ANOTHERS])?.trim() ?? "";
  return boot || undefined;
}
let boot: string | undefined;

function isOfThisBoot({ boot }: ProcessId): boolean {
  return boot === undefined || boot === bootId();
}

/** Returns the numbers of all processes that the kernel shows here. */
export function everyNumber(): number[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Returns the process's session; undefined once the process has ended. */
export function sessionOf(pid: number): number | undefined {
  const session = statOf(pid)?.session;
  return session === undefined ? undefined : Number(session);
}

/** Whether the process is in its terminal's foreground group, which receives keys such as Ctrl-C. */
export function isForeground(pid: number): boolean {
  const { group, foreground } = statOf(pid) ?? {};
  return group !== undefined && group === foreground;
}

/** Returns the first 15 letters of the program's name; undefined once the process has ended. */
export function commandNameOf(pid: number): string | undefined {
  return readOf(`/proc/${pid}/comm`)?.trim();
}

/** Returns a process's numbers in all its PID namespaces, ours first. */
export function namespacePids(pid: number | "self"): string[] {
  const line = /^NSpid:\s*(.*)$/m.exec(readOf(`/proc/${pid}/status`) ?? "")?.[1];
  return line?.trim().split(/\s+/) ?? [];
}

/** Returns the command line that a process was started with. */
export function commandOf(pid: number): string[] {
  return readOf(`/proc/${pid}/cmdline`)?.split("\0").slice(0, -1) ?? [];
}

/**
 * Returns the variables that a process was started with, as `NAME=value`. Whoever starts a process chooses them, so
 * they only filter candidates and prove nothing.
 */
export function environmentOf(pid: number): string[] {
  // A process's creator may read this, so a process that hides it is not ours.
  return readOf(`/proc/${pid}/environ`, [...ENDED, ...ANOTHERS])?.split("\0") ?? [];
}

/**
 * Reads a file of /proc; undefined once its process has ended. @throws where it could not be read, because a live
 * process must not count as ended
 */
export function readOf(file: string, absences: readonly string[] = ENDED): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (absences.includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/** Fields of /proc/PID/stat, see proc(5): state, ppid, pgrp, session, tpgid and starttime. */
function statOf(
  pid: number,
):
  | { state?: string; parent?: string; group?: string; session?: string; foreground?: string; start?: string }
  | undefined {
  const stat = readOf(`/proc/${pid}/stat`);
  if (!stat) return undefined;
  // The second field is the program's name in brackets, which may itself contain spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    state: fields[0],
    parent: fields[1],
    group: fields[2],
    session: fields[3],
    foreground: fields[5],
    start: fields[19],
  };
}
