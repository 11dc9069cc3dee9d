import { nothingSent, sendLoad, type Load } from "./load";
import type { RequestOutcome } from "./request";
import { report, type TrafficReport, Tally } from "./report";

/** Callbacks and limits while the traffic runs. */
export interface Watch {
  /** Receives the figures so far, every `every` milliseconds. */
  readonly show?: (soFar: TrafficProgress) => void;
  /** @default 1000 */
  readonly every?: number;
  /** Receives each outcome as it comes. */
  readonly outcome?: (outcome: RequestOutcome) => void;
  /** Stops the traffic early. */
  readonly stop?: AbortSignal;
}

/** The figures so far. */
export interface TrafficProgress {
  /** Milliseconds since the first request. */
  readonly elapsed: number;
  readonly sent: number;
  readonly tally: Tally;
}

/** Sends a load to its end and returns the report. It prints nothing, and a failed request does not throw. */
export async function runTraffic(load: Load, watch: Watch = {}): Promise<TrafficReport> {
  const tally = new Tally();
  const sent = nothingSent();
  const started = Date.now();
  const began = performance.now();
  const clock = setInterval(
    () => watch.show?.({ elapsed: performance.now() - began, sent: sent.sent, tally }),
    watch.every ?? 1000,
  );
  try {
    await sendLoad(
      load,
      (outcome) => {
        tally.add(outcome);
        watch.outcome?.(outcome);
      },
      sent,
      watch.stop,
    );
  } finally {
    clearInterval(clock);
  }
  return report(load, started, sent, tally);
}
