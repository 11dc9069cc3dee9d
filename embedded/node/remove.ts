import * as fs from "node:fs";
import type { Report } from "../../base/step";
import { removeCgroups } from "./cgroups";
import { SeatError } from "../../base/seat-error";
import { layout, type Layout } from "./layout";
import { killNamespace } from "./namespace";
import { findSeatProcesses, seatOf } from "./processes";
import { clearableWithoutRecord, readRecord } from "./record";
import { removeSeatFolder, requireSeatFolder } from "./seat-folder";
import { withSeat } from "./seat-lock";

/** See deleteSeat. */
export async function remove(folder: string, report: Report, generation?: string): Promise<void> {
  if (process.platform !== "linux") return; // no seat can have been made here
  return withSeat(folder, report, async () => {
    if (generation !== undefined) requireGeneration(layout(folder), generation);
    await removeEverything(folder);
  });
}

/** Asked under the seat's lock: by then it may be another one than it was. @throws SeatError where the folder holds anything but a seat of this generation */
export function requireGeneration(at: Layout, generation: string): void {
  const record = readRecord(at.record);
  // Without a folder there is nothing left but processes, which carry the folder's name.
  if (record === undefined) return void clearableWithoutRecord(at);
  if (record.generation === generation) return;
  throw new SeatError(
    `${at.folder} holds a seat of generation ${record.generation}, and not of ${generation}: it is left alone. \`npm run embedded -- status --seat ${record.name}\` shows it.`,
  );
}

/** What is found of the seat is ended and removed; the folder last, since without it a seat counts as absent. @throws SeatError where the folder is no seat's */
export async function removeEverything(folder: string): Promise<void> {
  requireSeatFolder(folder);
  const before = formerFolder(folder);
  await killNamespace(folder);
  await removeCgroups(folder);
  if (before !== undefined && !fs.existsSync(before)) {
    await killNamespace(before);
    await removeCgroups(before);
  }
  await removeSeatFolder(folder);
}

/** Where a seat that runs had its folder when it was started, if that was elsewhere: its control groups and its link are named after that. */
function formerFolder(folder: string): string | undefined {
  const { folder: now } = layout(folder);
  const marks = findSeatProcesses(now).init.map(({ pid }) => seatOf(pid));
  return marks.find((mark) => mark !== undefined && mark !== now);
}
