import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, isAlive, type ProcessId } from "../../base/process-id";

/** The variable that names the file for the keeper of a run: the process that removes what the tests have made, once vitest has ended in whatever way. */
export const KEEPER_FILE = "ISTIO_LAB_TEST_KEEPER";

/** Notes the keeper, where somebody waits for it. */
export function noteKeeper(pid: number | undefined): void {
  const file = process.env[KEEPER_FILE];
  const keeper = pid === undefined ? undefined : identify(pid);
  if (file !== undefined && keeper !== undefined) fs.writeFileSync(file, JSON.stringify(keeper));
}

/** Waits until the keeper of a run has ended, and says so. vitest itself waits for it, but not where it is interrupted. */
export async function untilKept(file: string, say: (line: string) => void): Promise<void> {
  if (!fs.existsSync(file)) return;
  const keeper = JSON.parse(fs.readFileSync(file, "utf8")) as ProcessId;
  if (!isAlive(keeper)) return;
  say("Taking away what the tests have made. A second Ctrl-C does not stop that; it only ends the wait for it.");
  while (isAlive(keeper)) await sleep(200);
}
