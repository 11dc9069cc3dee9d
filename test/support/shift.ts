import { runTraffic } from "../../cli/traffic/traffic";
import { targetOf } from "../../cli/traffic/seat";
import type { LessonName } from "../../components/lessons/catalog";
import type { TrafficReport } from "../../cli/traffic/report";
import { binomialInterval } from "../../cli/check/binomial";

/** An answer: when its request was due, in milliseconds since the epoch, and the version that answered. */
export interface Seen {
  at: number;
  version: string;
}

/** Traffic that runs in the background of a test. */
export class Watched {
  readonly seen: Seen[] = [];
  private readonly stop = new AbortController();
  private readonly report: Promise<TrafficReport>;

  /** @param connections the maximum number of open connections. @default the default of `traffic` */
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

  /** Ends the traffic and returns its report. */
  end(): Promise<TrafficReport> {
    this.stop.abort();
    return this.report;
  }
}

/** How many requests measure a split, and the chance that a right split looks wrong. */
export const SAMPLE = 400;
const OUTSIDE = 0.0001;

/** Whether `count` of SAMPLE answers fit a share of `percent`; 0 % and 100 % must be exact. */
export function isShare(count: number, percent: number): boolean {
  if (percent === 0 || percent === 100) return count === (SAMPLE * percent) / 100;
  if (!intervals.has(percent)) intervals.set(percent, binomialInterval(SAMPLE, percent / 100, OUTSIDE));
  const [low, high] = intervals.get(percent)!;
  return low <= count && count <= high;
}

/** Each interval is computed once. It takes milliseconds in which this process's traffic would stop. */
const intervals = new Map<number, [low: number, high: number]>();

/**
 * Returns the first time at or after `from` that starts SAMPLE consecutive requests with the wanted split; undefined
 * while there is none. It uses the requests' due times, so that slow answers do not look like a slow change.
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

/**
 * Returns the most likely time at which the share of `version` changed from one percentage to the other. It maximizes
 * the probability of the observed answers.
 */
export function changedAt(seen: readonly Seen[], version: string, before: number, after: number): number {
  const ordered = [...seen].sort((a, b) => a.at - b.at);
  // With a share of 0, a single early answer would be impossible instead of unlikely.
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
