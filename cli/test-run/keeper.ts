import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, isAlive, type ProcessId } from "../../base/process-id";

/**
 * The variable with the path of the file about a run's keeper. The keeper is the process that removes what the tests
 * have made, however vitest ends.
 */
export const KEEPER_FILE = "ISTIO_LAB_TEST_KEEPER";

/** Records the keeper if a caller waits for it. */
export function noteKeeper(pid: number | undefined): void {
  const file = process.env[KEEPER_FILE];
  const keeper = pid === undefined ? undefined : identify(pid);
  if (file !== undefined && keeper !== undefined) fs.writeFileSync(file, JSON.stringify(keeper));
}

/**
 * Waits until the run's keeper has ended, and reports the wait. vitest itself waits for the keeper unless it is
 * interrupted.
 */
export async function untilKept(file: string, say: (line: string) => void): Promise<void> {
  if (!fs.existsSync(file)) return;
  const keeper = JSON.parse(fs.readFileSync(file, "utf8")) as ProcessId;
  if (!isAlive(keeper)) return;
  say("Removing what the tests have made. A second Ctrl-C does not stop that; it only ends the wait.");
  while (isAlive(keeper)) await sleep(200);
}
