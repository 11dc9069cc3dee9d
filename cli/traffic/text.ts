import type { WriteStream } from "node:tty";
import { figures, type Figures, type TrafficReport } from "./report";
import type { TrafficProgress } from "./traffic";

/** How many seconds the recent figures cover. */
const WINDOW = 5;

/** Describes running traffic in three short lines: its progress, the last seconds, the total. */
export function liveLines({ elapsed, sent, tally }: TrafficProgress, duration: number): [string, string, string] {
  const last = figures(tally.last(WINDOW, elapsed));
  const total = figures(tally.total);
  const time = `${Math.min(Math.floor(elapsed / 1000 + 0.05), duration)} of ${duration} s`;
  return [
    `${time} · ${sent} sent · ${errors(total)}`,
    `last ${WINDOW} s: ${versions(last)} · ${latency(last)}`,
    `in total: ${versions(total)}`,
  ];
}

/** Summarizes a run in rows: what was sent, each version, each kind of error, and the latencies. */
export function summaryLines(report: TrafficReport): string[] {
  const rows: [string, string][] = [
    ["sent", `${report.sent} in ${seconds(report.elapsed)}: ${report.rate} a second`],
    ["answered", `${report.answered}${report.answered > 0 ? `, ${latency(report)}` : ""}`],
    ...Object.entries(report.versions).map(([version, count]): [string, string] => [
      `  ${version}`,
      share(count, report.answered, 1),
    ]),
    ["failed", String(report.failed)],
    ...Object.entries(report.errors).map(([kind, count]): [string, string] => [
      `  ${kind}`,
      `${count}${when(report, kind)}`,
    ]),
    ...(report.abandoned > 0 ? [["not waited for", String(report.abandoned)] as [string, string]] : []),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`), ...rateNotKept(report)];
}

/** Says why fewer requests were sent than asked for; empty where the rate was kept. */
function rateNotKept({ asked, rate, sent, skipped }: TrafficReport): string[] {
  if (skipped === 0) return [];
  return [
    `The rate was not reached: ${rate} of ${asked.rate} requests a second were sent. ${skipped} of ${sent + skipped} requests were not sent, because every connection still waited for`,
    "an answer. The seat, or the machine that it shares with this command, is too slow. The figures above are for the lower rate.",
  ];
}

function when({ failures }: TrafficReport, kind: string): string {
  const times = failures.filter((failure) => failure.kind === kind).map(({ due, latency }) => due + latency);
  if (times.length === 0) return "";
  const [first, last] = [Math.min(...times), Math.max(...times)];
  return last - first < 100 ? `, at ${seconds(first)}` : `, from ${seconds(first)} to ${seconds(last)}`;
}

function versions({ versions, answered }: Figures): string {
  const parts = Object.entries(versions).map(([version, count]) => `${version} ${share(count, answered, 0)}`);
  return parts.length > 0 ? parts.join(", ") : "no answer yet";
}

function errors({ failed, errors }: Figures): string {
  if (failed === 0) return "no errors";
  return `${failed} failed (${Object.entries(errors)
    .map(([kind, count]) => `${kind}: ${count}`)
    .join(", ")})`;
}

function latency({ median, percentile95 }: Figures): string {
  return median === undefined
    ? "no latency yet"
    : `median ${milliseconds(median)}, 95 % within ${milliseconds(percentile95!)}`;
}

function share(count: number, of: number, digits: number): string {
  return `${count} (${((100 * count) / of).toFixed(digits)} %)`;
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Shows running traffic: a terminal gets lines that are redrawn, other outputs get a line now and then. */
interface Display {
  /** Milliseconds between two calls of `show`. */
  readonly every: number;
  show(soFar: TrafficProgress): void;
  /** Removes the redrawn lines, because the summary replaces them. */
  end(): void;
}

export function display(out: NodeJS.WriteStream, duration: number): Display {
  return out.isTTY ? redrawn(out, duration) : logged(out, duration);
}

function redrawn(out: WriteStream, duration: number): Display {
  let drawn = 0;
  const clear = () => {
    if (drawn > 0) out.write(`\x1b[${drawn}A\x1b[J`);
    drawn = 0;
  };
  return {
    every: 500,
    show(soFar) {
      clear();
      // A wrapped line would count as two when the lines are redrawn. Some terminals do not report their width.
      const width = (out.columns || 80) - 1;
      const lines = liveLines(soFar, duration).map((line, index) => `${index > 0 ? "  " : ""}${line}`.slice(0, width));
      out.write(`${lines.join("\n")}\n`);
      drawn = lines.length;
    },
    end: clear,
  };
}

function logged(out: NodeJS.WriteStream, duration: number): Display {
  return {
    every: 5000,
    show: (soFar) => void out.write(`${liveLines(soFar, duration).join(" · ")}\n`),
    end: () => undefined,
  };
}
