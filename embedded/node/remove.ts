import * as fs from "node:fs";
import type { Report } from "../step";
import { removeCgroups } from "./cgroups";
import { layout } from "./layout";
import { killNamespace } from "./namespace";
import { run } from "./run";
import { withSeat } from "./seat-lock";

/** See deleteSeat. */
export async function remove(folder: string, report: Report): Promise<void> {
  if (process.platform !== "linux") return; // no seat can have been made here
  return withSeat(folder, report, () => removeEverything(folder));
}

/** What is found of the seat is ended and removed; the folder last, since without it a seat counts as absent. */
export async function removeEverything(folder: string): Promise<void> {
  await killNamespace(folder);
  await removeCgroups(folder);
  const at = layout(folder);
  if (fs.existsSync(at.folder)) await run("rm", ["-rf", "--one-file-system", "--", at.folder]);
}
