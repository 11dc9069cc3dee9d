import type { Load, Sent } from "./load";
import type { Count, Failure, Tally } from "./tally";

/**
 * The result of a load: the totals, the same for each second, and the failures. Plain data, and the output of
 * `--json`.
 */
export interface Report extends Sent, Figures {
  readonly url: string;
  /** When the first request was due, in milliseconds since the epoch. */
  readonly started: number;
  readonly asked: { readonly rate: number; readonly duration: number };
  /** Requests sent per second. */
  readonly rate: number;
  /** Entry n covers the requests that were due in second n. */
  readonly seconds: readonly Figures[];
  /** The first thousand failures, in their order. */
  readonly failures: readonly Failure[];
}

/** The figures of one period. */
export interface Figures {
  readonly answered: number;
  readonly failed: number;
  /** Version → answers. */
  readonly versions: Readonly<Record<string, number>>;
  /** Kind of failure → count. */
  readonly errors: Readonly<Record<string, number>>;
  /** In milliseconds; missing while nothing was answered. */
  readonly median?: number;
  readonly percentile95?: number;
}

export function report(load: Load, started: number, sent: Sent, tally: Tally): Report {
  return {
    url: load.target.url,
    started,
    asked: { rate: load.rate, duration: load.duration },
    ...sent,
    elapsed: rounded(sent.elapsed)!,
    rate: rounded(sent.elapsed > 0 ? sent.sent / (sent.elapsed / 1000) : 0)!,
    ...figures(tally.total),
    seconds: tally.seconds.map(figures),
    failures: tally.failures.map((failure) => ({
      ...failure,
      due: rounded(failure.due)!,
      latency: rounded(failure.latency)!,
    })),
  };
}

export function figures(count: Count): Figures {
  return {
    answered: count.answered,
    failed: count.failed,
    versions: inOrder(count.versions),
    errors: inOrder(count.errors),
    median: rounded(count.latencies.percentile(50)),
    percentile95: rounded(count.latencies.percentile(95)),
  };
}

function inOrder(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true })));
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 10) / 10;
}
