import * as os from "node:os";
import { UserError } from "../../../base/errors";
import { memoryHere } from "../../../base/memory";
import type { Target } from "../../../config";
import type { Class } from "../model";
import { seatConfig } from "../roster/seat-file";
import type { OverSeatsOptions } from "./over-seats";

/** Options of every verb, as commander gives them. */
export interface ClassOptions {
  /** The roster's file. */
  roster: string;
  /** The stack whose config file new seats start from. A CSV roster cannot name one. */
  from?: string;
  /** Only these seats of the roster. */
  only?: string[];
  /** The id that the roster's stacks carry, where it differs from the one noted here. */
  classId?: string;
}

/** Options of the verbs that work on several seats at a time. */
export interface ManyOptions extends ClassOptions {
  /** Seats at the same time, as text. */
  concurrency?: string;
  /** False with `--fail-fast`. */
  continueOnError?: boolean;
  failFast?: boolean;
}

/** `--json`, `--html FILE`, `--junit FILE` of the verbs that end with a table. */
export interface TableOptions {
  json?: boolean;
  html?: string;
  junit?: string;
}

/** Returns how a verb runs over the seats, by the command line. @throws UserError */
export function runOptionsOf(
  cls: Pick<Class, "roster">,
  { concurrency, failFast, html }: ManyOptions & { html?: string },
): Omit<OverSeatsOptions, "verb"> {
  return {
    concurrency: concurrencyOf(cls, concurrency),
    failFast: failFast === true,
    ...(html !== undefined && { html }),
  };
}

/**
 * Memory in bytes that the runner's processes take per seat. Measured during an `up` from nothing on target existing,
 * where two releases are installed side by side: at most 823 MB of proportional set size.
 */
const RUNNER = 0.8 * 2 ** 30;
/** More seats at a time are never faster, since clouds throttle, and nobody could read the board. */
const MOST = 16;

/**
 * Returns how many seats run at the same time: `--concurrency`, or a default from the machine's cores, its memory and
 * the class' targets. A seat on this machine mostly computes, so it needs a core. A seat elsewhere mostly waits.
 * @throws UserError
 */
export function concurrencyOf(cls: Pick<Class, "roster">, given: string | undefined): number {
  if (given !== undefined) {
    if (/^[1-9]\d{0,2}$/.test(given)) return Number(given);
    throw new UserError(
      `--concurrency ${given}: the number of seats to work on at once must be a whole number from 1 to 999.`,
    );
  }
  const targets = targetsOf(cls);
  const here = targets.includes("embedded") || targets.includes("minikube");
  return defaultConcurrency({
    here,
    cores: os.availableParallelism(),
    free: memoryHere().free,
    seats: cls.roster.seats.length,
  });
}

/** The default for a given machine. `free` is in bytes. */
export function defaultConcurrency({
  here,
  cores,
  free,
  seats,
}: {
  here: boolean;
  cores: number;
  free: number;
  seats: number;
}): number {
  const byCores = here ? cores : 4 * cores;
  const byMemory = Math.floor(free / RUNNER);
  return Math.max(1, Math.min(byCores, byMemory, MOST, seats));
}

/** Returns each target of the class once, as its stack files will name it. The roster must be valid. */
function targetsOf({ roster }: Pick<Class, "roster">): Target[] {
  return [...new Set(roster.seats.map((seat) => seatConfig(roster, seat).target as Target))];
}
