import { setMaxListeners } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import { type RequestOutcome, ask, type TrafficTarget } from "./request";

/** Steady requests: one every 1/rate seconds, even while earlier ones wait for an answer. */
export interface Load {
  readonly target: TrafficTarget;
  /** Requests per second. */
  readonly rate: number;
  /** How long requests are sent, in seconds. */
  readonly duration: number;
  /**
   * How many milliseconds a request may take before it counts as failed.
   * @default 10000
   */
  readonly deadline?: number;
  /**
   * The maximum number of connections. A request that is due while all of them are busy is skipped. A queue would
   * hide that the rate is not kept.
   * @default 256
   */
  readonly connections?: number;
}

/** What was sent, and what was not. */
export interface Sent {
  sent: number;
  /** Requests that were not sent, because all connections were busy when they were due. */
  skipped: number;
  /** Requests that were sent and given up after the load was stopped. */
  abandoned: number;
  /** The milliseconds in which requests were due. */
  elapsed: number;
}

/** The counts of a load that has not started. */
export function nothingSent(): Sent {
  return { sent: 0, skipped: 0, abandoned: 0, elapsed: 0 };
}

/** How many milliseconds a stopped load waits for pending answers. */
const LAST_ANSWERS_MS = 1000;

/**
 * Sends a load, reports every outcome as it comes, and counts in `sent`. It ends when the duration is over and every
 * request has an outcome, or shortly after `stop`. Each request has a fixed due time, so a late timer delays only the
 * requests that were already due.
 */
export async function sendLoad(
  load: Load,
  tell: (outcome: RequestOutcome) => void,
  sent: Sent = nothingSent(),
  stop?: AbortSignal,
): Promise<Sent> {
  const { target, rate, duration, deadline = 10_000, connections = 256 } = load;
  const agent = new (target.url.startsWith("https:") ? https : http).Agent({
    keepAlive: true,
    maxSockets: connections,
  });
  const cancel = new AbortController();
  setMaxListeners(0, cancel.signal); // one listener per pending request
  const underWay = new Set<Promise<void>>();
  const total = Math.ceil(rate * duration);
  const began = performance.now();
  const now = () => performance.now() - began;

  const send = async (due: number) => {
    sent.sent += 1;
    const answered = await ask(target, agent, deadline, cancel.signal);
    if (answered === undefined) sent.abandoned += 1;
    else tell({ due, latency: now() - due, ...answered });
  };

  for (let next = 0; next < total;) {
    await delay((next / rate) * 1000 - now(), stop);
    if (stop?.aborted) break;
    for (const time = now(); next < total && (next / rate) * 1000 <= time; next += 1) {
      if (underWay.size >= connections) {
        sent.skipped += 1;
        continue;
      }
      const one: Promise<void> = send((next / rate) * 1000).finally(() => underWay.delete(one));
      underWay.add(one);
    }
    sent.elapsed = now();
  }
  sent.elapsed = stop?.aborted ? now() : duration * 1000;

  const cutOff = () => setTimeout(() => cancel.abort(), LAST_ANSWERS_MS).unref();
  if (stop?.aborted) cutOff();
  else stop?.addEventListener("abort", cutOff, { once: true });
  await Promise.all(underWay);
  stop?.removeEventListener("abort", cutOff);
  agent.destroy();
  return sent;
}

/** Always waits for a timer, even for 0 ms, so that Node can read answers in between. */
function delay(ms: number, stop?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stop?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, Math.max(0, ms));
    stop?.addEventListener("abort", end, { once: true });
    if (stop?.aborted) end();
  });
}
