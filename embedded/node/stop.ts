import { onStack } from "../../base/advice";
import type { Report } from "../step";
import { removeCgroups } from "./cgroups";
import { SeatError } from "./errors";
import { layout } from "./layout";
import { killNamespace } from "./namespace";
import { groupsOf } from "./processes";
import { readRecord, writeRecord } from "./record";
import { withSeat } from "./seat-lock";
import { stopServices } from "./shut-down";
import { isRunning } from "./status";

/** See stopSeat. */
export function stop(folder: string, report: Report): Promise<void> {
  return withSeat(folder, report, async () => {
    const at = layout(folder);
    const record = readRecord(at.record);
    if (!record) throw new SeatError(`There is no seat in ${at.folder}. \`npm run embedded -- list\` shows those there are.`);
    if (!record.made) throw new SeatError(`The seat in ${at.folder} was never made to its end: there is nothing to keep. Delete it, or make it with \`${onStack(record.name, "npm run up")}\`.`);
    // First, so that a stop that is killed half-way does not leave half a seat that counts as running.
    writeRecord(at.record, { ...record, phase: "stopped" });
    const groups = groupsOf(at.folder);
    if (isRunning(record)) await stopServices(at);
    await killNamespace(folder);
    await removeCgroups(folder, groups);
  });
}
