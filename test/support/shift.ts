import { runTraffic } from "../../cli/traffic/traffic";
import { targetOf } from "../../cli/traffic/lessons";
import type { LessonName } from "../../components/lessons/catalog";
import type { Report } from "../../cli/traffic/report";
import { binomialInterval } from "../../cli/check/binomial";

/** An answer: when its request was due, in milliseconds since the epoch, and which version gave it. */
export interface Seen {
  at: number;
  version: string;
}

/** Traffic that runs while a test does something else. */
export class Watched {
  readonly seen: Seen[] = [];
  private readonly stop = new AbortController();
  private readonly report: Promise<Report>;

  /** `connections`: kept open, and at most; as many as `traffic` itself has if not given. */
  constructor(lesson: LessonName, gatewayUrl: string, rate: number, connections?: number) {
    this.report = runTraffic(
      { target: targetOf(lesson, gatewayUrl), rate, duration: 3600, connections },
      {
        stop: this.stop.signal,
        outcome: ({ version, latency }) =>
          version !== undefined && this.seen.push({ at: Date.now() - latency, version }),
      },
    );
  }

  /** Ends the traffic and returns what it came to. */
  end(): Promise<Report> {
    this.stop.abort();
    return this.report;
  }
}

/** Requests that a measured split is taken of, and the chance that a right split is taken for a wrong one. */
export const SAMPLE = 400;
const OUTSIDE = 0.0001;

/** Whether `count` of SAMPLE answers are what a share of `percent` yields; 0 % and 100 % have to be exact. */
export function isShare(count: number, percent: number): boolean {
  if (percent === 0 || percent === 100) return count === (SAMPLE * percent) / 100;
  if (!intervals.has(percent)) intervals.set(percent, binomialInterval(SAMPLE, percent / 100, OUTSIDE));
  const [low, high] = intervals.get(percent)!;
  return low <= count && count <= high;
}

/** Each is computed once: it takes milliseconds, in which the traffic of this process would stand still. */
const intervals = new Map<number, [low: number, high: number]>();

/**
 * The first time at or after `from` from which on SAMPLE requests in a row were split as wanted; undefined while there is none.
 * By the time at which requests were due, so that slow answers are not taken for a slow change.
 */
export function splitSince(seen: readonly Seen[], from: number, version: string, percent: number): number | undefined {
  const after = seen.filter(({ at }) => at >= from).sort((a, b) => a.at - b.at);
  let count = after.slice(0, SAMPLE).filter((answer) => answer.version === version).length;
  for (let first = 0; first + SAMPLE <= after.length; first += 1) {
    if (isShare(count, percent)) return after[first]!.at;
    count += Number(after[first + SAMPLE]?.version === version) - Number(after[first]!.version === version);
  }
  return undefined;
}

/** When the share of `version` most likely changed from one percentage to the other: the time that makes what was seen most probable. */
export function changedAt(seen: readonly Seen[], version: string, before: number, after: number): number {
  const ordered = [...seen].sort((a, b) => a.at - b.at);
  // A share of 0 would make a single answer before its time impossible, and not only unlikely.
  const chance = (percent: number, hit: boolean) =>
    Math.log(Math.min(0.9999, Math.max(0.0001, (hit ? percent : 100 - percent) / 100)));
  let likelihood = 0;
  let best = { likelihood: 0, at: ordered[0]?.at ?? Number.NaN };
  for (const [index, answer] of ordered.entries()) {
    likelihood += chance(before, answer.version === version) - chance(after, answer.version === version);
    if (likelihood > best.likelihood) best = { likelihood, at: ordered[index + 1]?.at ?? answer.at };
  }
  return best.at;
}
