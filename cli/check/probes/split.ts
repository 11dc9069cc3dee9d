import type { SplitCheck } from "../../../components/lessons/checks/check";
import { binomialInterval } from "../binomial";
import type { Evidence } from "../result";
import { answered } from "./curl";
import { beginning, type Probe } from "./probe";

export interface SplitSeen {
  /** Version → how many answers came from it. */
  versions: Record<string, number>;
  statuses: Record<number, number>;
  /** Errors, and answers without a version. */
  problems: string[];
}

/** How many requests run at a time: enough to keep two cores busy, and few enough to be accepted. */
const AT_A_TIME = 16;
/** After this many failures, more requests would show nothing new. */
const ENOUGH_FAILURES = 20;

export const split: Probe<SplitCheck, SplitSeen> = {
  heavy: true,
  expected: (spec) =>
    `${Object.entries(spec.weights)
      .map(([version, weight]) => `${version} ${weight} %${tolerance(spec, version)}`)
      .join(", ")} of ${spec.requests} requests (${spec.confidence * 100} % confidence)`,
  async look(spec, { seat }) {
    const seen: SplitSeen = { versions: {}, statuses: {}, problems: [] };
    const pattern = new RegExp(spec.version);
    const counted = () => Object.values(seen.versions).reduce((sum, count) => sum + count, 0);
    const failed = () => seen.problems.length;
    let sent = 0;
    const worker = async () => {
      while (
        spec.faulty
          ? counted() + 1 <= spec.requests && sent < 4 * spec.requests
          : sent < spec.requests && failed() < ENOUGH_FAILURES
      ) {
        sent += 1;
        const got = await seat.http(spec.path, { headers: spec.host ? { host: spec.host } : {} });
        seen.statuses[got.status] = (seen.statuses[got.status] ?? 0) + 1;
        const version = got.status === 200 ? pattern.exec(got.body)?.[1] : undefined;
        if (version) seen.versions[version] = (seen.versions[version] ?? 0) + 1;
        else
          seen.problems.push(got.status === 200 ? `200 without a version: ${beginning(got.body, 60)}` : answered(got));
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, worker));
    return seen;
  },
  evaluate(spec, seen) {
    const answers = Object.values(seen.versions).reduce((sum, count) => sum + count, 0);
    const evidence: Evidence = {
      versions: seen.versions,
      statuses: seen.statuses,
      errors: [...new Set(seen.problems)].slice(0, 5),
    };
    if (answers < spec.requests || (seen.problems.length > 0 && !spec.faulty)) {
      const most = commonest(seen.problems);
      return {
        ok: false,
        seen: `${seen.problems.length} of ${answers + seen.problems.length} requests failed: ${most}`,
        evidence,
      };
    }
    const versions = [...new Set([...Object.keys(spec.weights), ...Object.keys(seen.versions)])];
    const ok = versions.every((version) => {
      const [low, high] = interval(spec, version, answers);
      const count = seen.versions[version] ?? 0;
      return low <= count && count <= high;
    });
    const shares = versions
      .filter((version) => spec.weights[version] !== 0 || seen.versions[version])
      .map((version) => `${version} ${share(seen.versions[version] ?? 0, answers)} %`);
    const words = versions
      .filter((version) => spec.weights[version] !== 0 || seen.versions[version])
      .map((version) => `${version} ${spec.weights[version] ?? 0} %${tolerance(spec, version, answers)}`);
    return { ok, seen: `${shares.join(", ")} of ${answers} requests (configured: ${words.join(", ")})`, evidence };
  },
};

/**
 * The counts of a version that correct weights give with the check's confidence. The versions share the probability
 * outside of it.
 */
function interval({ weights, confidence }: SplitCheck, version: string, requests: number): [number, number] {
  return binomialInterval(
    requests,
    (weights[version] ?? 0) / 100,
    (1 - confidence) / Math.max(1, Object.keys(weights).length),
  );
}

/** Empty for 0 and 100 %, which are exact. */
function tolerance(spec: SplitCheck, version: string, requests = spec.requests): string {
  const [low, high] = interval(spec, version, requests);
  return low === high ? "" : ` → ${share(low, requests)}–${share(high, requests)} %`;
}

function share(count: number, of: number): string {
  return String(Math.round((count / of) * 1000) / 10);
}

function commonest(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "no answer";
}
