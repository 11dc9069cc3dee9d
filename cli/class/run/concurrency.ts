import * as os from "node:os";
import { memoryHere } from "../../../base/memory";
import { UserError } from "../../../base/errors";
import type { Class } from "../class";
import { targetsOf } from "./targets";

/** What the runner's processes of one seat take of this machine while it is worked on, in bytes: 550 MB of proportional set size were measured with `lessons: [blog]`. */
const RUNNER = 0.6 * 2 ** 30;
/** More at a time is never quicker: clouds throttle, and a person cannot read it. */
const MOST = 16;

/**
 * How many seats at the same time: what `--concurrency` says, else by this machine's cores and memory and the class' targets. A seat on this machine computes
 * here for most of its time, so there is one for each core; one elsewhere waits for most of it. @throws UserError
 */
export function concurrencyOf(of: Pick<Class, "roster">, given: string | undefined): number {
  if (given !== undefined) {
    if (/^[1-9]\d{0,2}$/.test(given)) return Number(given);
    throw new UserError(`--concurrency ${given}: a whole number of seats at the same time, from 1 to 999.`);
  }
  const targets = targetsOf(of);
  const here = targets.includes("embedded") || targets.includes("minikube");
  return defaultConcurrency({ here, cores: os.availableParallelism(), free: memoryHere().free, seats: of.roster.seats.length });
}

/** The default on any machine. `free` in bytes. */
export function defaultConcurrency({ here, cores, free, seats }: { here: boolean; cores: number; free: number; seats: number }): number {
  const byCores = here ? cores : 4 * cores;
  const byMemory = Math.floor(free / RUNNER);
  return Math.max(1, Math.min(byCores, byMemory, MOST, seats));
}
