import type { BenchOptions } from "../../bench";
import { preconditions } from "../targets/embedded/preconditions";
import { embeddedStages } from "../targets/stages";
import { runSteps } from "../terminal/progress";

/**
 * `npm run bench`: measures how long the commands take and how much memory they need, beside a shell script and an
 * empty program. Prints medians and ranges.
 * It makes the seats that it needs, and removes them. The exit code says whether it ran, and not whether it was fast.
 */
export async function bench(names: readonly string[], options: BenchOptions): Promise<void> {
  const { planOf, runBench } = require("../../bench") as typeof import("../../bench");
  planOf(names, options);
  preconditions();
  await runSteps(embeddedStages(), process.stderr);
  await runBench(names, options);
}
