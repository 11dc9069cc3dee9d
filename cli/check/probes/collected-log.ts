import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { catalog } from "../../../components/addons/catalog";
import { systemNamespace } from "../../../components/mesh/system-namespace";
import type { CollectedLogCheck } from "../../../components/lessons/checks/check";
import type { Seat } from "../../seat/seat";
import { beginning, type Probe } from "./probe";

export interface CollectedLogSeen {
  /** The mark in the request. */
  mark: string;
  lines: string[];
  seconds: number;
}

const PAUSE_MS = 700;
/** The kubelet's seconds and the request's seconds start at different moments. */
const ROUNDED_SECONDS = 2;
const { service, port } = catalog.loki;

/**
 * Sends a request with a unique mark through the gateway. Looks for its log line by that mark, in the collector's
 * output or in Loki.
 */
export const collectedLog: Probe<CollectedLogCheck, CollectedLogSeen> = {
  patient: true,
  expected: ({ from, withinSeconds }) =>
    `the request's own line of the access log in ${nameOf(from)} within ${withinSeconds} s`,
  async look({ from, path, withinSeconds }, { seat }) {
    const mark = randomUUID();
    const started = Date.now();
    await seat.http(`${path}?mark=${mark}`);
    for (;;) {
      const lines = await read[from](seat, mark, Math.ceil((Date.now() - started) / 1000) + ROUNDED_SECONDS);
      const seconds = (Date.now() - started) / 1000;
      if (lines.length > 0 || seconds > withinSeconds) return { mark, lines, seconds };
      await sleep(PAUSE_MS);
    }
  },
  evaluate({ from }, { lines, mark, seconds }) {
    const line = lines.find((one) => one.includes(mark));
    return line
      ? { ok: true, seen: `${beginning(line, 90)}, ${seconds.toFixed(0)} s after the request` }
      : { ok: false, seen: `${nameOf(from)} had no line for the request ${seconds.toFixed(0)} s after it` };
  },
  async placeholder(_, { seat }) {
    const { status } = await seat.fromService(systemNamespace, service, port, "/ready");
    return { ok: status === 200, seen: `loki:${port}/ready: ${status}` };
  },
};

/** The lines with this mark from the last seconds. */
const read: Readonly<
  Record<CollectedLogCheck["from"], (seat: Seat, mark: string, sinceSeconds: number) => Promise<string[]>>
> = {
  async loki(seat, mark) {
    // The collector's exporter labels everything it forwards.
    const query = encodeURIComponent(`{exporter="OTLP"} |= "${mark}"`);
    // The cluster's clock may differ from this machine's; an hour is enough.
    const { status, body } = await seat.fromService(
      systemNamespace,
      service,
      port,
      `/loki/api/v1/query_range?query=${query}&since=1h&limit=5`,
    );
    if (status !== 200) throw new Error(`Loki answered ${status}: ${beginning(body, 80)}`);
    return linesOf(body);
  },
  // Its exporter `logging` prints each record over several lines: `Body: Str(…)`. The number of other lines is
  // unlimited: a busy mesh logs thousands a second.
  async collector(seat, mark, sinceSeconds) {
    const printed = await seat.logs(
      systemNamespace,
      { labels: { app: "opentelemetry-collector" } },
      "opentelemetry-collector",
      { sinceSeconds },
    );
    return printed
      .filter(({ line }) => line.includes(mark))
      .map(({ line }) => /^Body: Str\((.*)/.exec(line)?.[1] ?? line);
  },
};

function nameOf(from: CollectedLogCheck["from"]): string {
  return from === "loki" ? "Loki" : "the collector";
}

/** https://grafana.com/docs/loki/latest/reference/loki-http-api/#query-logs-within-a-range-of-time */
function linesOf(body: string): string[] {
  const { data } = JSON.parse(body) as { data?: { result?: { values?: [string, string][] }[] } };
  return (data?.result ?? []).flatMap(({ values }) => (values ?? []).map(([, line]) => line));
}
