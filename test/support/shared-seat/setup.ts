import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { TestProject } from "vitest/node";
import { noteKeeper } from "../../../cli/test-run/keeper";
import { expectTurns } from "./turns";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of the shared seat of this run. */
    sharedSeats: string;
  }
}

interface Keeper {
  folder: string;
  process: ChildProcess;
}

/** One for the run: each project loads this file by itself. */
const run = globalThis as { istioLabSharedSeats?: Keeper };

/** vitest's global setup: names the folder in which the first file that asks makes the seat. At the end, however the run ends, it is removed, as is every other checkout that is left. */
export default function setup(project: TestProject): () => Promise<void> {
  const keeper = (run.istioLabSharedSeats ??= startKeeper());
  // vitest has chosen the files of the run by now.
  expectTurns(keeper.folder, project.vitest.state.getPaths());
  project.provide("sharedSeats", keeper.folder);
  return () => end(keeper);
}

/** The keeper waits for the end of its input, which comes with the end of this process, also by kill -9. It is out of reach of Ctrl-C. */
function startKeeper(): Keeper {
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

async function end({ process: keeper }: Keeper): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return;
  const ended = once(keeper, "exit");
  keeper.stdin!.end();
  await ended;
}
