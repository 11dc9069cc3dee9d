import { setTimeout as sleep } from "node:timers/promises";
import type { LogCheck } from "../../../components/lessons/checks/check";
import { beginning, type Probe, SETTLE_MS } from "./probe";

/** What was logged while the probe watched. */
export interface LogSeen {
  lines: string[];
  seconds: number;
}

/** The line must come while the check runs, because an older one proves nothing about now. */
export const log: Probe<LogCheck, LogSeen> = {
  expected: ({ line, withinSeconds }) => `"${line}" within ${withinSeconds} s`,
  async look({ app, container, about, line, withinSeconds, amongOthers }, { seat }) {
    const started = Date.now();
    const read = () => seat.logs(about.namespace, { labels: { app } }, container, { tailLines: 5, timestamps: true });
    // Compares the log's timestamps only with each other, because the cluster's clock may differ.
    const before =
      (await read())
        .map(({ line }) => stamp(line))
        .sort()
        .at(-1) ?? "";
    for (;;) {
      const fresh = (await read()).map(({ line }) => line).filter((line) => stamp(line) > before);
      const seconds = (Date.now() - started) / 1000;
      const isSeen = amongOthers ? fresh.some((one) => one.includes(line)) : fresh.length > 0;
      if (isSeen || seconds > withinSeconds)
        return { lines: fresh.map((line) => line.slice(line.indexOf(" ") + 1)), seconds };
      await sleep(400);
    }
  },
  evaluate({ app, line, withinSeconds }, { lines, seconds }) {
    if (lines.some((one) => one.includes(line)))
      return { ok: true, seen: `"${line}", ${seconds.toFixed(0)} s after the check began` };
    const waited = seconds > withinSeconds && withinSeconds * 1000 >= SETTLE_MS && { isFinal: true as const };
    if (lines.length === 0)
      return { ok: false, seen: `nothing new in the log of ${app} within ${withinSeconds} s`, ...waited };
    return { ok: false, seen: `"${beginning(lines.at(-1)!)}"`, evidence: { errors: lines }, ...waited };
  },
};

function stamp(line: string): string {
  return line.slice(0, line.indexOf(" "));
}
