import type { AddonName } from "../../versions";
import { images } from "../images";
import { recipesFor } from "../images/recipes";
import type { ReportProgress } from "../../base/step";
import { SeatError } from "../../base/seat-error";
import { importedIn, importImages } from "./import-images";
import { layout } from "./layout";
import { requirePrograms } from "./machine";
import { snapshotterFor } from "./node-files";
import { findSeatProcesses } from "./processes";
import { Progress } from "./progress";
import { withSeat } from "./seat-lock";

/**
 * Whether images of its addons still have to be imported into a seat. Quick.
 *
 * @param added the addons that are new to this seat. Their images count as missing if they were rebuilt since the
 *   seat was made.
 */
export function lacksImages(folder: string, addons: readonly AddonName[], added: readonly AddonName[]): boolean {
  const there = importedIn(layout(folder).var);
  if (recipesFor(addons).some(({ name }) => there[name] === undefined)) return true;
  if (added.length === 0) return false;
  const names = new Set(
    recipesFor(added)
      .filter(({ addon }) => addon !== undefined)
      .map(({ name }) => name),
  );
  try {
    return images(added).some(({ name, archive }) => names.has(name) && there[name] !== archive);
  } catch {
    return false; // not built here: the seat keeps what it has
  }
}

/** See completeSeat. */
export function complete(folder: string, addons: readonly AddonName[], report: ReportProgress): Promise<void> {
  requirePrograms(addons);
  return withSeat(folder, report, () => importInto(folder, addons, report));
}

/** Like complete(), for callers that hold the seat's lock. */
export async function importInto(
  folder: string,
  addons: readonly AddonName[] | undefined,
  report: ReportProgress,
): Promise<void> {
  const at = layout(folder);
  const [init] = findSeatProcesses(at.folder).init;
  if (init === undefined)
    throw new SeatError(
      `The first process of the seat in ${at.folder} was not found. \`npm run embedded -- stop --seat ${at.folder.slice(at.folder.lastIndexOf("/") + 1)}\` ends it in order.`,
    );
  const all = images(addons);
  await importImages(at, init, snapshotterFor(at.folder), all, new Progress(report, all.length));
}
