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
}

/** The environment variable that marks the processes of a seat; its value is the seat's folder. */
export const SEAT_MARK = "ISTIO_LAB_SEAT";

/** This process. */
export function self(): ProcessId {
  const { pid, start } = identify(process.pid)!;
  return { pid, start };
}

/** The process that has the number `pid` now, and its parent; undefined if there is none, or only its zombie. */
export function identify(pid: number): (ProcessId & { parent: number }) | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (!stat) return undefined;
  // The second field is the program's name in brackets, which may hold spaces and brackets itself.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, parent, start] = [fields[0], Number(fields[1]), fields[19]];
  return state === "Z" || state === "X" || !start ? undefined : { pid, start, parent };
}

/** The words a process was started with. */
export function commandOf(pid: number): string[] {
  return read(`/proc/${pid}/cmdline`)?.split("\0").slice(0, -1) ?? [];
}

/** The variables a process was started with, as `NAME=value`. */
export function environmentOf(pid: number): string[] {
  // Whoever made a process may read this of it, so what is kept from us is not a process of ours.
  return read(`/proc/${pid}/environ`, [...ENDED, ...ANOTHERS])?.split("\0") ?? [];
}

/** Whether exactly this process lives. */
export function isAlive(id: ProcessId | undefined): boolean {
  return id !== undefined && identify(id.pid)?.start === id.start;
}

/** How long process `id` has been there, in seconds. */
export function age(id: ProcessId): number {
  const uptime = Number(read("/proc/uptime")?.split(" ")[0]);
  return uptime - Number(id.start) / 100; // USER_HZ is 100 on x86-64
}

/** The first process of a seat, and the `unshare` that made it and waits for its end. */
export interface SeatProcesses {
  init: ProcessId[];
  makers: ProcessId[];
}

/**
 * The processes of the seat in `folder` (as layout() gives it), found by the mark in their environment: it needs no
 * file of the seat, and so finds a seat whose folder was removed by hand.
 */
export function findSeatProcesses(folder: string): SeatProcesses {
  const seat: SeatProcesses = { init: [], makers: [] };
  const depth = namespacePids("self").length;
  for (const name of fs.readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    if (!environmentOf(Number(name)).includes(`${SEAT_MARK}=${folder}`)) continue;
    const pids = namespacePids(name);
    const found = identify(Number(name));
    if (!found) continue;
    const id: ProcessId = { pid: found.pid, start: found.start };
    if (pids.length === depth + 1 && pids.at(-1) === "1") seat.init.push(id);
    if (pids.length === depth) seat.makers.push(id);
  }
  return seat;
}

/** A process's numbers in the PID namespaces it is in, outermost first. */
function namespacePids(pid: string): string[] {
  const line = /^NSpid:\s*(.*)$/m.exec(read(`/proc/${pid}/status`) ?? "")?.[1];
  return line?.trim().split(/\s+/) ?? [];
}

/** A file of /proc; undefined once its process has ended. @throws where that could not be asked: a process that lives must not count as gone */
function read(file: string, absences: readonly string[] = ENDED): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (absences.includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
