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
    /** The folder of this run's shared seat. */
    sharedSeats: string;
  }
}

interface Keeper {
  folder: string;
  process: ChildProcess;
}

/** One keeper per run, although each project loads this file separately. */
const run = globalThis as { istioLabSharedSeats?: Keeper };

/**
 * Vitest's global setup. It names the folder in which the first file that asks creates the shared seat. However the
 * run ends, the seat and all other leftover checkouts are removed.
 */
export default function setup(project: TestProject): () => Promise<void> {
  const keeper = (run.istioLabSharedSeats ??= startKeeper());
  // By now vitest has chosen the run's files.
  expectTurns(keeper.folder, project.vitest.state.getPaths());
  project.provide("sharedSeats", keeper.folder);
  return () => end(keeper);
}

/**
 * Starts the keeper, which waits for the end of its input. That comes when this process ends, even by kill -9. Ctrl-C
 * does not reach the keeper.
 */
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
