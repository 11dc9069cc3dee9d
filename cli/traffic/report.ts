import type { Load, Sent } from "./load";
import type { Failed, RequestOutcome } from "./request";

/**
 * The result of a load: the totals, the same for each second, and the failures. Plain data, and the output of
 * `--json`.
 */
export interface TrafficReport extends Sent, Figures {
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

export function report(load: Load, started: number, sent: Sent, tally: Tally): TrafficReport {
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

/** The outcomes of the requests that were due in one period. */
class Count {
  readonly versions: Record<string, number> = {};
  /** Kind of failure → count. */
  readonly errors: Record<string, number> = {};
  /** Latencies of the answered requests. */
  readonly latencies = new Latencies();

  add({ version, failure, latency }: RequestOutcome): void {
    if (failure !== undefined) this.errors[failure.kind] = (this.errors[failure.kind] ?? 0) + 1;
    if (version === undefined) return;
    this.versions[version] = (this.versions[version] ?? 0) + 1;
    this.latencies.add(latency);
  }

  merge(other: Count): void {
    for (const [version, count] of Object.entries(other.versions))
      this.versions[version] = (this.versions[version] ?? 0) + count;
    for (const [kind, count] of Object.entries(other.errors)) this.errors[kind] = (this.errors[kind] ?? 0) + count;
    this.latencies.merge(other.latencies);
  }

  get answered(): number {
    return sum(this.versions);
  }

  get failed(): number {
    return sum(this.errors);
  }
}

/** A failed request, and its due time in milliseconds since the first request. */
interface Failure extends Failed {
  readonly due: number;
  readonly latency: number;
}

/** How many failures are kept in detail; all are counted. */
const KEPT = 1000;

/** Counts outcomes in total, and by the second in which the request was due. */
export class Tally {
  readonly total = new Count();
  readonly failures: Failure[] = [];
  private readonly bySecond: Count[] = [];

  add(outcome: RequestOutcome): void {
    this.total.add(outcome);
    this.at(Math.floor(outcome.due / 1000)).add(outcome);
    if (outcome.failure !== undefined && this.failures.length < KEPT) {
      this.failures.push({ due: outcome.due, latency: outcome.latency, ...outcome.failure });
    }
  }

  get seconds(): readonly Count[] {
    return this.bySecond;
  }

  /** Returns the last `seconds` whole seconds before `elapsed` milliseconds, plus the current one. */
  last(seconds: number, elapsed: number): Count {
    const window = new Count();
    const now = Math.floor(elapsed / 1000);
    for (const second of this.bySecond.slice(Math.max(0, now - seconds), now + 1)) window.merge(second);
    return window;
  }

  private at(second: number): Count {
    while (this.bySecond.length <= second) this.bySecond.push(new Count());
    return this.bySecond[second]!;
  }
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** Each class of latencies is this much wider than the previous one, so percentiles are exact to 1 %. */
const STEP = 1.02;
/** The smallest recorded latency, in milliseconds. Shorter ones count as this. */
const SMALLEST = 0.01;

/**
 * A histogram of latencies in milliseconds. Its size does not grow with the number of requests, so it can record an
 * hour of traffic.
 */
export class Latencies {
  private readonly classes = new Map<number, number>();
  private count = 0;

  add(latency: number): void {
    this.put(Math.round(Math.log(Math.max(latency, SMALLEST) / SMALLEST) / Math.log(STEP)), 1);
  }

  /** Adds everything that another histogram recorded. */
  merge(other: Latencies): void {
    for (const [index, count] of other.classes) this.put(index, count);
  }

  /**
   * Returns the smallest latency that at least `percent` of all requests do not exceed (nearest rank); undefined
   * without any.
   */
  percentile(percent: number): number | undefined {
    const rank = Math.max(1, Math.ceil((percent / 100) * this.count));
    let seen = 0;
    for (const [index, count] of [...this.classes].sort(([a], [b]) => a - b)) {
      seen += count;
      if (seen >= rank) return SMALLEST * STEP ** index;
    }
    return undefined;
  }

  private put(index: number, count: number): void {
    this.classes.set(index, (this.classes.get(index) ?? 0) + count);
    this.count += count;
  }
}
