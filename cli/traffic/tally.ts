import { Latencies } from "./latencies";
import type { Failed, Outcome } from "./outcome";

/** The outcomes of the requests that were due in one period. */
export class Count {
  readonly versions: Record<string, number> = {};
  /** Kind of failure → count. */
  readonly errors: Record<string, number> = {};
  /** Latencies of the answered requests. */
  readonly latencies = new Latencies();

  add({ version, failure, latency }: Outcome): void {
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
export interface Failure extends Failed {
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

  add(outcome: Outcome): void {
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
