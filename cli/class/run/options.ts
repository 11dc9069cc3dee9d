import * as os from "node:os";
import { UserError } from "../../../base/errors";
import { memoryHere } from "../../../base/memory";
import type { Target } from "../../../config";
import type { Class } from "../class";
import { seatConfig } from "../roster/seat-file";
import type { OverSeatsOptions } from "./over-seats";

/** Options of every verb, as commander gives them. */
export interface ClassOptions {
  /** The roster's file. */
  roster: string;
  /** The stack whose config file new seats begin with; a CSV roster names none itself. */
  from?: string;
  /** Only these seats of the roster. */
  only?: string[];
  /** The id that the roster's stacks carry, where it is not the one that is noted here. */
  classId?: string;
}

/** Options of the verbs that work on several seats at a time. */
export interface ManyOptions extends ClassOptions {
  /** Seats at the same time, as text. */
  concurrency?: string;
  /** False by `--fail-fast`. */
  continueOnError?: boolean;
  failFast?: boolean;
}

/** `--json`, `--html FILE`, `--junit FILE` of the verbs that end with a table. */
export interface TableOptions {
  json?: boolean;
  html?: string;
  junit?: string;
}

/** What the command line says about how a verb goes over the seats. @throws UserError */
export function runOptionsOf(of: Pick<Class, "roster">, { concurrency, failFast, html }: ManyOptions & { html?: string }): Omit<OverSeatsOptions, "verb"> {
  return { concurrency: concurrencyOf(of, concurrency), failFast: failFast === true, ...(html !== undefined && { html }) };
}

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

/** The targets of a class, each once, as its stack files will say them. A valid roster has valid ones. */
function targetsOf({ roster }: Pick<Class, "roster">): Target[] {
  return [...new Set(roster.seats.map((seat) => seatConfig(roster, seat).target as Target))];
}
