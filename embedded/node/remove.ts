import * as fs from "node:fs";
import type { ReportProgress } from "../../base/step";
import { removeCgroups } from "./cgroups";
import { SeatError } from "../../base/seat-error";
import { layout, type Layout } from "./layout";
import { killNamespace } from "./namespace";
import { findSeatProcesses, seatOf } from "./processes";
import { clearableWithoutRecord, readRecord } from "./record";
import { removeSeatFolder, requireSeatFolder } from "./seat-folder";
import { withSeat } from "./seat-lock";

/** See deleteSeat. */
export async function remove(folder: string, report: ReportProgress, generation?: string): Promise<void> {
  if (process.platform !== "linux") return; // no seat can exist here
  return withSeat(folder, report, async () => {
    if (generation !== undefined) requireGeneration(layout(folder), generation);
    await removeEverything(folder);
  });
}

/**
 * Checks the generation under the seat's lock, because the seat may have changed since the command began.
 *
 * @throws SeatError if the folder holds anything but a seat of this generation
 */
export function requireGeneration(at: Layout, generation: string): void {
  const record = readRecord(at.record);
  // Without a folder, only processes can be left. They carry the folder's name.
  if (record === undefined) return void clearableWithoutRecord(at);
  if (record.generation === generation) return;
  throw new SeatError(
    `${at.folder} holds a seat of generation ${record.generation}, not of ${generation}, and is kept. \`npm run embedded -- status --seat ${record.name}\` shows it.`,
  );
}

/**
 * Ends and removes everything that is found of the seat. The folder goes last, because a seat without a folder counts
 * as absent.
 *
 * @throws SeatError if the folder is not a seat's
 */
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

/**
 * The folder in which a running seat was started, if the seat was moved since. Its cgroups and its link are named
 * after that folder.
 */
function formerFolder(folder: string): string | undefined {
  const { folder: now } = layout(folder);
  const marks = findSeatProcesses(now).init.map(({ pid }) => seatOf(pid));
  return marks.find((mark) => mark !== undefined && mark !== now);
}
