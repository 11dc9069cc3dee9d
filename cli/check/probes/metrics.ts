import { setTimeout as sleep } from "node:timers/promises";
import type { MetricsCheck } from "../../../components/lessons/checks/check";
import { queryPrometheus } from "../../kube/prometheus";
import type { Seat } from "../../seat/seat";
import { answered } from "./curl";
import { listed, type Probe } from "./probe";

export interface MetricsSeen {
  /** Status → how often the requests got it. */
  statuses: Record<number, number>;
  error?: string;
  /** Proxy → how much its counter grew in Prometheus; undefined where Prometheus has no such counter. */
  grown: Record<string, number | undefined>;
  seconds: number;
}

const PAUSE_MS = 700;
/** For a seat that was created before its stack file named what counts. */
const NOTHING_COUNTED =
  '; it has istio_requests_total for none of them. On an embedded seat, the stack file must name what counts: embedded/metrics/README.md, "A seat whose stack file is older"';

/**
 * Reads the counters, sends the requests, then asks Prometheus until it has seen all of them. Prometheus scrapes the
 * proxies only at intervals.
 */
export const metrics: Probe<MetricsCheck, MetricsSeen> = {
  patient: true,
  expected: ({ requests, counters, withinSeconds }) =>
    `${requests} more requests at each of ${listed(Object.keys(counters))}, within ${withinSeconds} s`,
  async look({ path, host, requests, counters, withinSeconds }, { seat }) {
    const before = await readAll(seat, counters);
    const answers = await Promise.all(
      Array.from({ length: requests }, () => seat.http(path, { headers: host === undefined ? {} : { host } })),
    );
    const statuses: Record<number, number> = {};
    for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
    const started = Date.now();
    for (;;) {
      const now = await readAll(seat, counters);
      const grown = Object.fromEntries(Object.keys(counters).map((at) => [at, growth(before[at]!, now[at]!)]));
      const seconds = (Date.now() - started) / 1000;
      const all = Object.values(grown).every((count) => count !== undefined && count >= requests);
      if (all || seconds > withinSeconds) return { statuses, grown, seconds, ...errorOf(answers) };
      await sleep(PAUSE_MS);
    }
  },
  evaluate({ requests, counters, path }, { statuses, error, grown, seconds }) {
    const words = (names: string[]) =>
      names.map((at) => `${at} ${grown[at] === undefined ? "unknown" : `+${grown[at]}`}`).join(", ");
    const names = Object.keys(counters);
    const behind = names.filter((at) => (grown[at] ?? -1) < requests);
    const failed = Object.entries(statuses).filter(([status]) => Number(status) === 0 || Number(status) >= 500);
    if (behind.length === 0)
      return {
        ok: true,
        seen: `${requests} requests sent; ${seconds.toFixed(0)} s later Prometheus had counted ${words(names)}`,
      };
    const answers =
      failed.length > 0
        ? `${path} was answered ${failed.map(([status, count]) => `${count} × ${answered({ status: Number(status), error })}`).join(", ")}; `
        : "";
    return {
      ok: false,
      seen: `${answers}${requests} requests sent, and ${seconds.toFixed(0)} s later Prometheus had counted ${words(names)}${failed.length === 0 && names.every((at) => grown[at] === undefined) ? NOTHING_COUNTED : ""}`,
      ...(failed.length > 0 && { evidence: { statuses } }),
    };
  },
};

/** Pod → its proxy's count. */
type Counts = ReadonlyMap<string, number>;

/**
 * How much the current pods' counts grew. A new pod or restarted proxy starts at zero. A pod that is gone takes its
 * count with it.
 */
function growth(before: Counts, now: Counts): number | undefined {
  if (now.size === 0) return undefined;
  return [...now].reduce(
    (total, [pod, count]) => total + (count < (before.get(pod) ?? 0) ? count : count - (before.get(pod) ?? 0)),
    0,
  );
}

async function readAll(seat: Seat, counters: MetricsCheck["counters"]): Promise<Record<string, Counts>> {
  const samples = await Promise.all(Object.values(counters).map((query) => queryPrometheus(seat, query)));
  return Object.fromEntries(
    Object.keys(counters).map((at, index) => [
      at,
      new Map(samples[index]!.map(({ labels, value }) => [labels.pod ?? "", value])),
    ]),
  );
}

function errorOf(answers: readonly { error?: string }[]): { error?: string } {
  const error = answers.find((answer) => answer.error !== undefined)?.error;
  return error === undefined ? {} : { error };
}
