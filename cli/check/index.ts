/**
 * The checks. They measure on a live seat what its lessons teach, and explain each failure by its cause. A run
 * changes nothing on the seat except its two probe pods, which it deletes at its end. This file is the folder's
 * public interface: code outside of cli/check imports nothing else from it.
 */
import type { CheckOptions } from "./run";
import type { CheckReport } from "./result";
import type { TaskSource, TaskState } from "./tasks/state";

export { notOurs, repairCommandOf, restartCommandOf } from "./diagnosis";
export { trouble as podTrouble } from "./diagnosis/rules/pods";
export { kinds, type RuleFinding, type SnapshotKind } from "./diagnosis/snapshot";
export { type Snapshot, type TakenSnapshot, takeSnapshot } from "./diagnosis/snapshot";
export type { UnknownRoot } from "./diagnosis/roots";
export { type Occupant, Placeholders } from "./placeholders";
export { PROBE_NAMESPACE } from "./probe-pods";
export { ProgressLine } from "./progress-line";
export { counts, json, junit, suitesOf, table, wrap } from "./report";
export {
  type CheckResult,
  type Evidence,
  type Failure,
  type Hint,
  isProved,
  type LogLine,
  type CheckReport,
  type Status,
} from "./result";
export type { CheckOptions, Progress } from "./run";
export { installedTasks, openTasks, seatId, type TaskState } from "./tasks/state";
export { countText, lastDone, placeText, tasksJson, tasksTable, timeText } from "./tasks/text";

/** Runs the checks. Loads the probes only then, because most commands do not need them. */
export async function runChecks(options: CheckOptions): Promise<CheckReport> {
  return (require("./run") as typeof import("./run")).runChecks(options);
}

/** Asks a seat for the tasks of its lessons' pages, and notes those that are done. It loads the probes only then. */
export async function readTasks(source: TaskSource, now?: () => Date): Promise<TaskState[]> {
  return (require("./tasks/read") as typeof import("./tasks/read")).readTasks(source, now);
}
