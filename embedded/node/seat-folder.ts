import * as fs from "node:fs";
import * as path from "node:path";
import { isThere, namesIn } from "../../base/files";
import { isSeatName, shownName } from "../../base/names";
import { seatsFolder } from "../../base/paths";
import { SeatError } from "../../base/seat-error";
import { layout } from "./layout";
import { everyProcess, findSeatProcesses, mayRunIn, type ProcessId } from "./processes";
import { isRecordDraft, readRecord } from "./record";
import { run } from "./run";

/**
 * Refuses a folder that is not a seat's, before anything in it is ended or removed. A folder may be removed if it
 * identifies itself as a seat's:
 * - it is a folder, and not a link to one;
 * - it has a seat's record, or it is a direct child of `seats/` and has only what a seat has. A run that was killed
 *   early leaves no record.
 * @throws SeatError that names the folder
 */
export function requireSeatFolder(folder: string): void {
  const there = fs.lstatSync(folder, { throwIfNoEntry: false });
  if (there === undefined) return;
  const refuse = (why: string): never => {
    throw new SeatError(
      `${shownPath(folder)} is not removed: ${why}. Look at it, and remove it yourself if nobody needs it.`,
    );
  };
  if (there.isSymbolicLink()) refuse("it is a symbolic link, and nothing proves that its destination is the seat's");
  if (!there.isDirectory()) refuse("it is not a folder");
  const others = namesIn(folder).filter((name) => !isOfSeat(name));
  const isChild = isChildOfSeats(folder);
  if (isChild && others.length === 0) return;
  if (readRecord(path.join(folder, "seat.json"))) return;
  if (!isChild) refuse(`no seat.json in it says that it is a seat's, and it is not a folder of ${seatsFolder()}`);
  refuse(`it has no seat.json, and it holds ${others.map(shownName).slice(0, 5).join(", ")}, which no seat has`);
}

/**
 * Removes a seat's folder in which nothing runs any more.
 *
 * @throws SeatError if it is not a seat's, or if a process runs or something is mounted in it
 */
export async function removeSeatFolder(folder: string): Promise<void> {
  requireSeatFolder(folder);
  const at = layout(folder).folder;
  const { init, makers } = findSeatProcesses(at);
  const recorded = recordedInit(folder);
  const processes = [
    ...[...init, ...makers].map(({ pid }) => pid),
    ...everyProcess(at),
    ...(mayRunIn(at, recorded) ? [recorded!.pid] : []),
  ];
  if (processes.length > 0)
    throw new SeatError(
      `${at} is not removed: processes ${[...new Set(processes)].join(", ")} of the seat still run. End them, and run the same command again.`,
    );
  const mounts = mountsIn(at);
  // `rm --one-file-system` does not notice a mounted folder of the same file system.
  if (mounts.length > 0)
    throw new SeatError(
      `${at} is not removed: something is mounted at ${mounts.join(", ")}. Unmount it, and run the same command again.`,
    );
  if (!isThere(at)) return;
  // The record goes last, so that a half-removed folder still identifies itself.
  const entries = namesIn(at)
    .filter((name) => name !== "seat.json")
    .map((name) => path.join(at, name));
  if (entries.length > 0) await run("rm", ["-rf", "--one-file-system", "--", ...entries]);
  await run("rm", ["-rf", "--one-file-system", "--", at]);
}

/**
 * The first process that the record names. Undefined for a broken record: the mark, the cgroups and the mounts still
 * show what runs.
 */
function recordedInit(folder: string): ProcessId | undefined {
  try {
    return readRecord(path.join(folder, "seat.json"))?.init;
  } catch (error) {
    if (error instanceof SeatError) return undefined;
    throw error;
  }
}

/** Whether a folder is a direct child of `seats/`, by whatever path, and has a valid seat name. */
function isChildOfSeats(folder: string): boolean {
  const parent = path.dirname(path.resolve(folder));
  return (
    isSeatName(path.basename(path.resolve(folder))) &&
    isThere(seatsFolder()) &&
    fs.realpathSync(parent) === fs.realpathSync(seatsFolder())
  );
}

/** Whether a seat's folder can have an entry with this name. Includes drafts of the record. */
function isOfSeat(name: string): boolean {
  const { folder: _, ...parts } = layout("/");
  return isRecordDraft(name) || Object.values(parts).some((part) => path.basename(part) === name);
}

function shownPath(file: string): string {
  return path.resolve(file).split(path.sep).map(shownName).join(path.sep);
}

/**
 * The mount points in a folder or on it, as this process sees them. Empty on a machine without a mount table, where
 * no seat can be.
 */
export function mountsIn(folder: string): string[] {
  return fs.existsSync("/proc/mounts") ? mountsBelow(folder, fs.readFileSync("/proc/mounts", "utf8")) : [];
}

/** The mount points in a folder, from the kernel's table, which writes blanks as octal numbers. */
export function mountsBelow(folder: string, table: string): string[] {
  const points = table
    .split("\n")
    .map((line) =>
      (line.split(" ")[1] ?? "").replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
    );
  return points.filter((point) => point === folder || point.startsWith(`${folder}/`));
}
