import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { noteKeeper } from "../../../cli/test-run/keeper";

/** The process that removes what a run has made, however the run ends. */
export interface Keeper {
  /** The run's own folder. It has the notes of the checkouts that the run made. */
  folder: string;
  process: ChildProcess;
}

/**
 * Starts the keeper, which waits for the end of its input. That comes when this process ends, even by kill -9. Ctrl-C
 * does not reach the keeper.
 */
export function startKeeper(): Keeper {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-shared-"));
  const remove = `require("tsx/cjs/api").register(); require(${JSON.stringify(path.join(__dirname, "remove.ts"))}).removeShared(process.argv[1]);`;
  const script =
    'cat >/dev/null; if ls "$1" | grep -qE "^(checkout|made)-"; then exec "$2" -e "$3" "$1"; else exec rm -rf "$1"; fi';
  const keeper = spawn("sh", ["-c", script, "sh", folder, process.execPath, remove], {
    stdio: ["pipe", "inherit", "inherit"],
    detached: true,
    cwd: process.cwd(),
  });
  noteKeeper(keeper.pid);
  return { folder, process: keeper };
}

/** Ends the run's input, and waits until the keeper has removed everything. */
export async function endKeeper({ process: keeper }: Keeper): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return;
  const ended = once(keeper, "exit");
  keeper.stdin!.end();
  await ended;
}
