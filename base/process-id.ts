import * as fs from "node:fs";

/** The errors by which /proc says that a process has ended. */
const ENDED = ["ENOENT", "ESRCH"];
/** Those by which it keeps a process of another user to itself. */
const ANOTHERS = ["EACCES", "EPERM"];

/** A process, not to be mistaken for a later one that got the same number. */
export interface ProcessId {
  pid: number;
  /** When it began, in clock ticks since the machine's start (field 22 of /proc/PID/stat, see proc(5)). */
  start: string;
  /** Which start of the machine that is: after another one the same number may begin at the same tick. Records of older versions lack it. */
  boot?: string;
}

/** This process. */
export function self(): ProcessId {
  const { parent: _, ...id } = identify(process.pid)!;
  return id;
}

/** The process that has the number `pid` now, and its parent; undefined if there is none, or only its zombie. */
export function identify(pid: number): (ProcessId & { parent: number }) | undefined {
  const { state, parent, start } = statOf(pid) ?? {};
  if (state === "Z" || state === "X" || !start) return undefined;
  const boot = bootId();
  return { pid, start, ...(boot !== undefined && { boot }), parent: Number(parent) };
}

/** Whether exactly this process lives. */
export function isAlive(id: ProcessId | undefined): boolean {
  return id !== undefined && isOfThisBoot(id) && identify(id.pid)?.start === id.start;
}

/** Whether exactly this process is listed, be it as a zombie that its parent has not taken note of. */
export function isListed(id: ProcessId): boolean {
  return isOfThisBoot(id) && statOf(id.pid)?.start === id.start;
}

/** How long process `id` has been there, in seconds. */
export function age(id: ProcessId): number {
  const uptime = Number(readOf("/proc/uptime")?.split(" ")[0]);
  return uptime - Number(id.start) / 100; // USER_HZ is 100 on x86-64
}

/** Which start of the machine this is (random(4)); undefined where the kernel does not say it. */
export function bootId(): string | undefined {
  boot ??= readOf("/proc/sys/kernel/random/boot_id", [...ENDED, ...ANOTHERS])?.trim() ?? "";
  return boot || undefined;
}
let boot: string | undefined;

function isOfThisBoot({ boot }: ProcessId): boolean {
  return boot === undefined || boot === bootId();
}

/** The numbers of all processes that the kernel shows here. */
export function everyNumber(): number[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The session it is in; undefined once it has ended. */
export function sessionOf(pid: number): number | undefined {
  const session = statOf(pid)?.session;
  return session === undefined ? undefined : Number(session);
}

/** Whether its process group is the one that a terminal's keys reach. */
export function isForeground(pid: number): boolean {
  const { group, foreground } = statOf(pid) ?? {};
  return group !== undefined && group === foreground;
}

/** The first 15 letters of its program's name; undefined once it has ended. */
export function commandNameOf(pid: number): string | undefined {
  return readOf(`/proc/${pid}/comm`)?.trim();
}

/** A process's numbers in the process namespaces it is in, ours first. */
export function namespacePids(pid: number | "self"): string[] {
  const line = /^NSpid:\s*(.*)$/m.exec(readOf(`/proc/${pid}/status`) ?? "")?.[1];
  return line?.trim().split(/\s+/) ?? [];
}

/** The words a process was started with. */
export function commandOf(pid: number): string[] {
  return readOf(`/proc/${pid}/cmdline`)?.split("\0").slice(0, -1) ?? [];
}

/** The variables a process was started with, as `NAME=value`. Whoever starts a process chooses them: they are a first filter, and no proof. */
export function environmentOf(pid: number): string[] {
  // Whoever made a process may read this of it, so what is kept from us is not a process of ours.
  return readOf(`/proc/${pid}/environ`, [...ENDED, ...ANOTHERS])?.split("\0") ?? [];
}

/** A file of /proc; undefined once its process has ended. @throws where that could not be asked: a process that lives must not count as gone */
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
  // The second field is the program's name in brackets, which may hold spaces and brackets itself.
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
