import * as path from "node:path";
import { isThere, namesIn } from "../../base/files";
import type { Report } from "../step";
import { removeCgroups } from "./cgroups";
import { SeatError } from "./errors";
import { layout, type Layout } from "./layout";
import { killNamespace } from "./namespace";
import { readRecord } from "./record";
import { clearableWithoutRecord } from "./remains";
import { run } from "./run";
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

/**
 * What is found of the seat is ended and removed. The record goes last but for its folder: a run that is killed half-way leaves a seat that still says
 * whose it is.
 */
export async function removeEverything(folder: string): Promise<void> {
  await killNamespace(folder);
  await removeCgroups(folder);
  const at = layout(folder);
  if (!isThere(at.folder)) return;
  const parts = namesIn(at.folder).filter((name) => name !== path.basename(at.record));
  await removePaths(parts.map((name) => path.join(at.folder, name)));
  await removePaths([at.folder]);
}

async function removePaths(paths: readonly string[]): Promise<void> {
  if (paths.length > 0) await run("rm", ["-rf", "--one-file-system", "--", ...paths]);
}
