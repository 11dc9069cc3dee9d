import type { TestProject } from "vitest/node";
import { endKeeper, startKeeper, type Keeper } from "./keeper";
import { expectTurns } from "./turns";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of this run's shared seat. */
    sharedSeats: string;
  }
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
  return () => endKeeper(keeper);
}
