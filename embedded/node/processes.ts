import * as fs from "node:fs";
import { membersOf, seatGroups, type Part } from "./cgroups";
import { SeatError } from "../../base/seat-error";
import { cgroupName, cgroupNamed } from "./layout";
import { belongsTo, isStrangers } from "../../base/process-owner";
import {
  environmentOf,
  identify,
  isAlive,
  namespacePids,
  readOf,
  SEAT_MARK,
  type ProcessId,
} from "../../base/process-id";

export * from "../../base/process-id";

/** The first process of a seat, and the `unshare` that made it and waits for its end. */
export interface SeatProcesses {
  init: ProcessId[];
  makers: ProcessId[];
}

/**
 * The processes of the seat in `folder` (as layout() gives it). The kernel decides which ones: they belong to root
 * (see belongsTo) and are in the seat's cgroup. No file of the seat is needed. So this also finds a seat whose folder
 * was removed by hand, or was moved here while it ran.
 *
 * @param cgroups where the kernel shows its cgroups; tests pass their own
 * @throws SeatError if the kernel does not say who owns a process in the cgroup: such a process must not be
 *   overlooked
 */
export function findSeatProcesses(folder: string, cgroups?: string): SeatProcesses {
  const own = cgroupName(folder);
  const seat: SeatProcesses = { init: [], makers: [] };
  for (const group of new Set([own, ...seatGroups(cgroups)])) {
    for (const { role, id } of leadersOf(group, cgroups)) {
      const mark = markIn(group, id.pid) ?? (group === own ? folder : undefined);
      if (mark === undefined || !runsIn(id.pid, mark, folder) || !isRoots(id, group) || !isAlive(id)) continue;
      seat[role].push(id);
    }
  }
  return seat;
}

/** The processes of the seat's node: the supervisor with its services, and the containers' shims. */
export function ownProcesses(folder: string): (ProcessId & { parent: number })[] {
  return groupsOf(folder).flatMap((group) => identified(group, "node"));
}

/** The processes of the seat's pods. They run as any user that their images name. */
export function podProcesses(folder: string): ProcessId[] {
  return groupsOf(folder).flatMap((group) => identified(group, "kubepods"));
}

/** All processes in the seat's cgroups, by the host's PIDs, including those that cannot be identified. */
export function everyProcess(folder: string): number[] {
  return groupsOf(folder).flatMap((group) => [...membersOf(group, "node"), ...membersOf(group, "kubepods")]);
}

/**
 * Whether exactly this process lives, belongs to root, and is in the node cgroup of some seat. False for a pod's
 * process and for another user's.
 */
export function isOfSeat(id: ProcessId): boolean {
  return (
    seatGroups().some((group) => membersOf(group, "node").includes(id.pid)) &&
    belongsTo(0, id.pid) === true &&
    isAlive(id)
  );
}

/** The folder that a process's variable names. Undefined if the process has no such variable. */
export function seatOf(pid: number): string | undefined {
  return environmentOf(pid)
    .find((variable) => variable.startsWith(`${SEAT_MARK}=/`))
    ?.slice(SEAT_MARK.length + 1);
}

/**
 * Whether a process that a record names may still belong to the seat in `folder`. It does not if it has ended, or if
 * a foreign process got its PID. Nor does it if it is known to have another folder, for example because the record
 * was copied.
 */
export function mayRunIn(folder: string, id: ProcessId | undefined): boolean {
  if (id === undefined || !isAlive(id) || isStrangers(id.pid)) return false;
  const inside = fileId(`/proc/${id.pid}/root${seatOf(id.pid) ?? folder}`);
  return inside === undefined || inside === fileId(folder);
}

/** The processes in a seat's cgroup that may be first processes or makers. */
function leadersOf(group: string, cgroups?: string): { role: keyof SeatProcesses; id: ProcessId }[] {
  const depth = namespacePids("self").length;
  return identified(group, "node", cgroups).flatMap(
    ({ parent: _, ...id }): { role: keyof SeatProcesses; id: ProcessId }[] => {
      const pids = namespacePids(id.pid);
      if (pids.length === depth) return [{ role: "makers", id }];
      return pids.length === depth + 1 && pids.at(-1) === "1" ? [{ role: "init", id }] : [];
    },
  );
}

/** How many times the kernel is asked for a process's owner, and the pause between two questions in milliseconds. */
const LOOKS = 50;
const BETWEEN_LOOKS = 10;

/**
 * Whether the process belongs to root. The kernel does not say so for a moment while a process ends or becomes
 * another program (execve(2)). So it is asked again as long as the process lives.
 */
function isRoots(id: ProcessId, group: string): boolean {
  const { pid } = id;
  let answer = belongsTo(0, pid);
  for (let looks = 1; answer === undefined && looks < LOOKS && isAlive(id); looks += 1) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_LOOKS);
    answer = belongsTo(0, pid);
  }
  if (answer === undefined && !isAlive(id)) return false;
  if (answer === undefined)
    throw new SeatError(
      `Process ${pid} is in a seat's control group, ${group}, and the kernel does not say who owns it. Nothing was changed. Run the same command as root.`,
    );
  return answer;
}

/**
 * The processes of the group with their identities. The group is read again after they were identified: a PID that
 * another process got in between is no longer in it.
 */
function identified(group: string, part: Part, cgroups?: string): (ProcessId & { parent: number })[] {
  const found = membersOf(group, part, cgroups).flatMap((pid) => identify(pid) ?? []);
  const still = found.length > 0 ? new Set(membersOf(group, part, cgroups)) : new Set<number>();
  return found.filter(({ pid }) => still.has(pid)).filter(isAlive);
}

/**
 * The names of the seat's cgroups. For a seat whose folder was moved while it ran, these include the names it was
 * started with.
 */
export function groupsOf(folder: string): string[] {
  const own = cgroupName(folder);
  if (membersOf(own, "node").length > 0) return [own];
  const { init, makers } = findSeatProcesses(folder);
  return [...new Set([own, ...[...init, ...makers].flatMap(({ pid }) => seatOf(pid) ?? []).map(cgroupNamed)])];
}

/** The folder that a process's variable names, if the process's cgroup is named after that folder. */
function markIn(group: string, pid: number): string | undefined {
  const mark = seatOf(pid);
  return mark !== undefined && cgroupNamed(mark) === group ? mark : undefined;
}

/**
 * Whether a process with this mark belongs to the seat in `folder`. The seat has its folder mounted under the mark's
 * path. That mount shows the same folder even after the folder was moved or its parents were renamed. Without such a
 * mount, or without a folder, the path decides.
 */
function runsIn(pid: number, mark: string, folder: string): boolean {
  const [inside, here] = [fileId(`/proc/${pid}/root${mark}`), fileId(folder)];
  if (inside !== undefined && inside === here) return true;
  if (mark !== folder) return false;
  return inside === undefined || here === undefined || isRemoved(pid, mark);
}

/** The file's device and inode. Also undefined if they cannot be read: a process may end meanwhile. */
function fileId(file: string): string | undefined {
  try {
    const { dev, ino } = fs.statSync(file, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** Whether the folder that a process has mounted at `point` was removed since. See proc(5), mountinfo. */
function isRemoved(pid: number, point: string): boolean {
  const mounts = (readOf(`/proc/${pid}/mountinfo`) ?? "").split("\n").map((line) => line.split(" "));
  return mounts.some(([, , , root, at]) => at === escaped(point) && root?.endsWith("//deleted"));
}

/** Escapes a path as the kernel does in its mount tables. */
function escaped(file: string): string {
  return file.replace(/[ \t\n\\]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, "0")}`);
}
