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
 * file of the seat, and so finds a seat whose folder was removed by hand, or moved here while it ran.
 */
export function findSeatProcesses(folder: string): SeatProcesses {
  const seat: SeatProcesses = { init: [], makers: [] };
  const depth = namespacePids("self").length;
  for (const name of fs.readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const mark = seatOf(Number(name));
    if (mark === undefined || !runsIn(name, mark, folder)) continue;
    const pids = namespacePids(name);
    const found = identify(Number(name));
    if (!found) continue;
    const id: ProcessId = { pid: found.pid, start: found.start };
    if (pids.length === depth + 1 && pids.at(-1) === "1") seat.init.push(id);
    if (pids.length === depth) seat.makers.push(id);
  }
  return seat;
}

/** The folder that a process's mark names: the seat's, as it was when the process began. Undefined for a process of no seat. */
export function seatOf(pid: number): string | undefined {
  return environmentOf(pid).find((variable) => variable.startsWith(`${SEAT_MARK}=/`))?.slice(SEAT_MARK.length + 1);
}

/** Whether a process that lives may be of the seat in `folder`: false where it is known to have another folder, as when the record was copied. */
export function mayRunIn(folder: string, id: ProcessId | undefined): boolean {
  if (!isAlive(id)) return false;
  const inside = fileId(`/proc/${id!.pid}/root${seatOf(id!.pid) ?? folder}`);
  return inside === undefined || inside === fileId(folder);
}

/**
 * Whether a process with this mark is of the seat in `folder`. The seat has its folder mounted under the mark's path: it is the same folder also after it was
 * moved or its parents were renamed. The path decides where there is no such mount, or no folder any more.
 */
function runsIn(pid: string, mark: string, folder: string): boolean {
  const [inside, here] = [fileId(`/proc/${pid}/root${mark}`), fileId(folder)];
  if (inside !== undefined && inside === here) return true;
  if (mark !== folder) return false;
  return inside === undefined || here === undefined || isRemoved(pid, mark);
}

/** Undefined where it cannot be asked, as well: a process may end meanwhile. */
function fileId(file: string): string | undefined {
  try {
    const { dev, ino } = fs.statSync(file, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** Whether what a process has mounted at `point` was removed since; see proc(5), mountinfo. */
function isRemoved(pid: string, point: string): boolean {
  const mounts = (read(`/proc/${pid}/mountinfo`) ?? "").split("\n").map((line) => line.split(" "));
  return mounts.some(([, , , root, at]) => at === escaped(point) && root?.endsWith("//deleted"));
}

/** As the kernel writes a path in its tables of mounts. */
function escaped(file: string): string {
  return file.replace(/[ \t\n\\]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, "0")}`);
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
