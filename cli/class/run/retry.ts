import pRetry from "p-retry";
import { NO_ROOM, otherSizes } from "../../../components/cluster/azure/size";
import type { SeatLine } from "./over-seats";
import { EngineTrouble } from "./operation";
import { troubleOf } from "./outcome";

/**
 * Temporary errors, as clouds, registries and API servers word them, and the least wait in seconds. A wrong config is
 * never temporary.
 */
const passing: readonly { readonly said: RegExp; readonly least: number }[] = [
  ...[
    /\b429\b|too ?many ?requests|toomanyrequests|throttl|rate limit|rate exceeded/i,
    /\b(status|code|statuscode|http)\W{0,3}50[0234]\b|\b50[0234] (internal server error|bad gateway|service unavailable|gateway time-?out)/i,
    /service ?unavailable|server ?busy|operation ?timed ?out|RetryableError|AnotherOperationInProgress|ConflictingConcurrentWrite/i,
    /i\/o timeout|TLS handshake timeout|connection (reset|refused|timed out)|ECONNRESET|ETIMEDOUT|EAI_AGAIN|socket hang up|unexpected EOF/i,
    /temporary failure in name resolution|server misbehaving/i,
    /etcdserver: (leader changed|request timed out)|the server is currently unable to handle the request/i,
  ].map((said) => ({ said, least: 0 })),
  // A region has room again once another customer leaves:
  // https://learn.microsoft.com/troubleshoot/azure/virtual-machines/allocation-failure
  { said: NO_ROOM, least: 60 },
  // "Nic(s) in request is reserved for another Virtual Machine for 180 seconds", counted from the deletion of its VM:
  // https://aka.ms/deletenic
  { said: /\bNicReservedForAnotherVm\b/i, least: 180 },
];
/** Pulumi's message when another process holds the stack. */
const locked = /the stack is currently locked/i;

export interface RetryOptions {
  /** Removes this seat's locks of dead processes. Returns a line for each. */
  readonly breakLocks?: () => readonly string[];
  /** Tries after the first. @default 3 */
  readonly retries?: number;
  /** Milliseconds before the second try; each further wait is three times as long. @default 5 seconds */
  readonly wait?: number;
}

/** Whether the error is temporary, by its text. */
export function isPassing(error: unknown): boolean {
  return leastWait(saidBy(error)) !== undefined;
}

function saidBy(error: unknown): string {
  return error instanceof EngineTrouble ? error.said : error instanceof Error ? error.message : String(error);
}

function leastWait(text: string): number | undefined {
  const waits = passing.filter(({ said }) => said.test(text)).map(({ least }) => least);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

/**
 * Runs repeatable work, and retries it with growing waits while its errors are temporary. The board shows each retry.
 */
export async function retrying<T>(
  line: SeatLine,
  signal: AbortSignal,
  { breakLocks = () => [], retries = 3, wait = 5000 }: RetryOptions,
  work: () => Promise<T>,
): Promise<T> {
  const shouldRetry = async ({ error, retriesLeft }: { error: Error; retriesLeft: number }): Promise<boolean> => {
    if (signal.aborted) return false;
    const broken = error instanceof EngineTrouble && locked.test(error.said) ? breakLocks() : [];
    if (broken.length === 0 && !isPassing(error)) return false;
    const least = leastWait(saidBy(error)) ?? 0;
    line.log(
      [
        troubleOf(error),
        ...broken,
        ...roomAdvice(error),
        `It is tried again${least > 0 ? ` in ${least} s` : ""}; ${retriesLeft} of ${retries} further tries are left.`,
        "",
      ].join("\n"),
    );
    line.retrying(`tries again${least > 0 ? ` in ${least} s` : ""}: ${troubleOf(error)}`);
    await passed(least, signal);
    return true;
  };
  return pRetry(work, { retries, minTimeout: wait, factor: 3, randomize: true, signal, shouldRetry });
}

/** Advice where Azure has no room for the VM size. */
function roomAdvice(error: unknown): string[] {
  return NO_ROOM.test(saidBy(error))
    ? [
        `Azure has no room for VMs of this size in the region now. Try another azure.vmSize: ${otherSizes.join(", ")}; or another azure.location.`,
      ]
    : [];
}

/** Waits for the seconds, or until the signal aborts. */
function passed(seconds: number, signal: AbortSignal): Promise<void> {
  if (seconds === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, seconds * 1000);
    signal.addEventListener("abort", done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
