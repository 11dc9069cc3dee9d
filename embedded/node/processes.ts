import * as fs from "node:fs";
import { membersOf, seatGroups, type Part } from "./cgroups";
import { SeatError } from "../../base/seat-error";
import { cgroupName, cgroupNamed } from "./layout";
import { belongsTo, isStrangers } from "../../base/process-owner";
import { environmentOf, identify, isAlive, namespacePids, readOf, type ProcessId } from "../../base/process-id";

export * from "../../base/process-id";

/** The environment variable in the processes of a seat; its value is the seat's folder when it was started. It proves nothing: any user can set it. */
export const SEAT_MARK = "ISTIO_LAB_SEAT";

/** The first process of a seat, and the `unshare` that made it and waits for its end. */
export interface SeatProcesses {
  init: ProcessId[];
  makers: ProcessId[];
}

/**
 * The processes of the seat in `folder` (as layout() gives it). The kernel says which: they are root's own (see belongsTo), and in the seat's cgroup. It needs
 * no file of the seat, and so finds a seat whose folder was removed by hand, or moved here while it ran.
 *
 * @param cgroups where the kernel shows its cgroups; a test has its own
 * @throws SeatError where the kernel does not say whose a process in the cgroup is: it must not count as none
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

/** The processes of the seat's node, the supervisor with its services and the containers' shims. */
export function ownProcesses(folder: string): (ProcessId & { parent: number })[] {
  return groupsOf(folder).flatMap((group) => identified(group, "node"));
}

/** The processes of the seat's pods. They have whatever user their images say. */
export function podProcesses(folder: string): ProcessId[] {
  return groupsOf(folder).flatMap((group) => identified(group, "kubepods"));
}

/** Whatever is in the seat's cgroups, as the host numbers it: also what cannot be identified. */
export function everyProcess(folder: string): number[] {
  return groupsOf(folder).flatMap((group) => [...membersOf(group, "node"), ...membersOf(group, "kubepods")]);
}

/** Whether exactly this process lives, and is root's own in the cgroup of some seat's node: never one of a pod, nor of another user. */
export function isOfSeat(id: ProcessId): boolean {
  return (
    seatGroups().some((group) => membersOf(group, "node").includes(id.pid)) &&
    belongsTo(0, id.pid) === true &&
    isAlive(id)
  );
}

/** The folder that a process's variable names. Undefined for a process of no seat. */
export function seatOf(pid: number): string | undefined {
  return environmentOf(pid)
    .find((variable) => variable.startsWith(`${SEAT_MARK}=/`))
    ?.slice(SEAT_MARK.length + 1);
}

/**
 * Whether a process that a record names may still be of the seat in `folder`. It is not where it has ended, or a stranger's process got its number. Nor is it
 * where it is known to have another folder, as when the record was copied.
 */
export function mayRunIn(folder: string, id: ProcessId | undefined): boolean {
  if (id === undefined || !isAlive(id) || isStrangers(id.pid)) return false;
  const inside = fileId(`/proc/${id.pid}/root${seatOf(id.pid) ?? folder}`);
  return inside === undefined || inside === fileId(folder);
}

/** What may be first processes and makers, in a seat's cgroup. */
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

/** How often, and after how many milliseconds, the kernel is asked again whose a process is. */
const LOOKS = 50;
const BETWEEN_LOOKS = 10;

/** The kernel does not say whose a process is for the moment in which it ends or becomes another program (execve(2)): it is asked again while it lives. */
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
      `Process ${pid} is in a seat's control group, ${group}, and the kernel does not say whose it is. Nothing was changed. Run the same command as root.`,
    );
  return answer;
}

/** The group is read again after its processes were identified. A number that another process got in between is not in it any more. */
function identified(group: string, part: Part, cgroups?: string): (ProcessId & { parent: number })[] {
  const found = membersOf(group, part, cgroups).flatMap((pid) => identify(pid) ?? []);
  const still = found.length > 0 ? new Set(membersOf(group, part, cgroups)) : new Set<number>();
  return found.filter(({ pid }) => still.has(pid)).filter(isAlive);
}

/** The names of the seat's cgroup; of a seat whose folder was moved while it runs, those that it was started in. */
export function groupsOf(folder: string): string[] {
  const own = cgroupName(folder);
  if (membersOf(own, "node").length > 0) return [own];
  const { init, makers } = findSeatProcesses(folder);
  return [...new Set([own, ...[...init, ...makers].flatMap(({ pid }) => seatOf(pid) ?? []).map(cgroupNamed)])];
}

/** The folder that a process's variable names, where the cgroup it is in is named after that folder. */
function markIn(group: string, pid: number): string | undefined {
  const mark = seatOf(pid);
  return mark !== undefined && cgroupNamed(mark) === group ? mark : undefined;
}

/**
 * Whether a process with this mark is of the seat in `folder`. The seat has its folder mounted under the mark's path: it is the same folder also after it was
 * moved or its parents were renamed. The path decides where there is no such mount, or no folder any more.
 */
function runsIn(pid: number, mark: string, folder: string): boolean {
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
function isRemoved(pid: number, point: string): boolean {
  const mounts = (readOf(`/proc/${pid}/mountinfo`) ?? "").split("\n").map((line) => line.split(" "));
  return mounts.some(([, , , root, at]) => at === escaped(point) && root?.endsWith("//deleted"));
}

/** As the kernel writes a path in its tables of mounts. */
function escaped(file: string): string {
  return file.replace(/[ \t\n\\]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, "0")}`);
}
