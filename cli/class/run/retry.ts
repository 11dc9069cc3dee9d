import pRetry from "p-retry";
import type { SeatLine } from "./over-seats";
import { EngineTrouble } from "./operation";
import { troubleOf } from "./trouble";

/** What passes by itself, as clouds, registries and API servers say it. A wrong config never does. */
const passing: readonly RegExp[] = [
  /\b429\b|too ?many ?requests|toomanyrequests|throttl|rate limit|rate exceeded/i,
  /\b(status|code|statuscode|http)\W{0,3}50[0234]\b|\b50[0234] (internal server error|bad gateway|service unavailable|gateway time-?out)/i,
  /service ?unavailable|server ?busy|operation ?timed ?out|RetryableError|AnotherOperationInProgress|ConflictingConcurrentWrite/i,
  /i\/o timeout|TLS handshake timeout|connection (reset|refused|timed out)|ECONNRESET|ETIMEDOUT|EAI_AGAIN|socket hang up|unexpected EOF/i,
  /temporary failure in name resolution|server misbehaving/i,
  /etcdserver: (leader changed|request timed out)|the server is currently unable to handle the request/i,
];
/** Pulumi's own: somebody holds the stack. */
const locked = /the stack is currently locked/i;

export interface RetryOptions {
  /** Removes locks of processes that are gone, of this seat; whether there was one. */
  readonly breakLocks?: () => readonly string[];
  /** Tries after the first. @default 3 */
  readonly retries?: number;
  /** Milliseconds before the second try; each further wait is three times as long. @default 5 seconds */
  readonly wait?: number;
}

/** Whether the same is worth another try, by what was said. */
export function isPassing(error: unknown): boolean {
  const text = error instanceof EngineTrouble ? error.said : error instanceof Error ? error.message : String(error);
  return passing.some((pattern) => pattern.test(text));
}

/** Does what may be done again, with a longer wait each time, for as long as what fails it is what passes by itself. The board is told of each. */
export async function retrying<T>(line: SeatLine, signal: AbortSignal, { breakLocks = () => [], retries = 3, wait = 5000 }: RetryOptions, work: () => Promise<T>): Promise<T> {
  const shouldRetry = ({ error, retriesLeft }: { error: Error; retriesLeft: number }): boolean => {
    if (signal.aborted) return false;
    const broken = error instanceof EngineTrouble && locked.test(error.said) ? breakLocks() : [];
    if (broken.length === 0 && !isPassing(error)) return false;
    line.log([troubleOf(error), ...broken, `It is tried again; ${retriesLeft} of ${retries} further tries are left.`, ""].join("\n"));
    line.retrying(`tries again: ${troubleOf(error)}`);
    return true;
  };
  return pRetry(work, { retries, minTimeout: wait, factor: 3, randomize: true, signal, shouldRetry });
}
