import stringWidth from "string-width";
import { attributes, testSuites } from "../../../base/junit";
import { counts, isProved, json, type CheckReport, suitesOf, wrap } from "../../check";
import { cut } from "../board/terminal";
import type { Outcome } from "../model";

/** The result of checking one seat: its report, or the reason why there is none. */
export interface SeatReport {
  readonly seat: string;
  readonly trainee: string;
  readonly seconds: number;
  readonly report?: CheckReport;
  /** Set where there is no report. */
  readonly missing?: string;
}

/** A seat with failed checks counts as failed, but has a report. */
export function seatReports(outcomes: readonly Outcome[], reports: ReadonlyMap<string, CheckReport>): SeatReport[] {
  return outcomes.map((outcome) => {
    const { seat, trainee } = outcome.seat;
    const report = reports.get(seat);
    const missing =
      outcome.status === "failed" ? outcome.trouble : outcome.status === "interrupted" ? "interrupted" : "not begun";
    return { seat, trainee, seconds: outcome.seconds, ...(report ? { report } : { missing }) };
  });
}

/** Counts a seat's checks by result. */
export function countsOf({ results }: CheckReport): {
  passed: number;
  failed: number;
  placeholder: number;
  notApplicable: number;
} {
  const count = (status: CheckReport["results"][number]["status"]) =>
    results.filter((result) => result.status === status).length;
  return {
    passed: count("passed"),
    failed: count("failed"),
    placeholder: count("placeholder"),
    notApplicable: count("not applicable"),
  };
}

/** Whether on every seat some checks passed and none failed. */
export function isGreen(seats: readonly SeatReport[]): boolean {
  return seats.every(({ report }) => report !== undefined && isProved(report.results));
}

const HEADINGS = ["seat", "trainee", "passed", "failed", "placeholder", ""];
const NAME_WIDTH = 32;
const GAP = "  ";
/** The most lines of a seat's first trouble; its log has the rest. */
const LINES = 3;

/**
 * A row per seat with its failed checks. Then for each seat that is not green: the first cause, and where to look. Then
 * the sum.
 */
export function classTable(
  seats: readonly SeatReport[],
  { width, colours, logOf }: { width: number; colours: boolean; logOf: (seat: string) => string },
): string {
  const paint = (code: number, text: string) =>
    colours && text.trim() !== "" ? `\u001b[${code}m${text}\u001b[0m` : text;
  const rows = seats.map((of) => [of.seat, cut(of.trainee, NAME_WIDTH), ...numbers(of)]);
  const widths = HEADINGS.slice(0, 5).map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => stringWidth(row[column]!))),
  );
  const pad = (text: string, column: number) => {
    const blank = " ".repeat(Math.max(0, widths[column]! - stringWidth(text)));
    return column < 2 ? text + blank : blank + text;
  };
  const used = widths.reduce((sum, one) => sum + one + GAP.length, 0);
  const line = (row: readonly string[], last: string) => [
    ...row.slice(0, 5).map(pad),
    cut(last, Math.max(24, width - used - 1)),
  ];
  const table = seats.map((of, index) => {
    const cells = line(rows[index]!, failedOf(of));
    const bad = !isGreen([of]);
    return cells
      .map((cell, column) => (bad && (column === 3 || column === 5) ? paint(31, cell) : cell))
      .join(GAP)
      .trimEnd();
  });
  return `${[paint(2, line(HEADINGS, "").join(GAP).trimEnd()), ...table, ...seats.flatMap((of) => trouble(of, width, logOf)), "", sum(seats)].join("\n")}\n`;
}

function numbers({ report }: SeatReport): string[] {
  if (!report) return ["–", "–", "–"];
  const { passed, failed, placeholder } = countsOf(report);
  return [passed, failed, placeholder].map(String);
}

/** Whether no check of the report passed or failed. */
function isEmpty({ report }: SeatReport): boolean {
  return report !== undefined && countsOf(report).passed + countsOf(report).failed === 0;
}

function failedOf(of: SeatReport): string {
  const { report } = of;
  if (isEmpty(of)) return "nothing was checked";
  return report
    ? report.results.flatMap(({ status, check }) => (status === "failed" ? [check] : [])).join(", ")
    : "not checked";
}

function trouble(
  { seat, trainee, report, missing }: SeatReport,
  width: number,
  logOf: (seat: string) => string,
): string[] {
  const first = report?.results.find(({ status }) => status === "failed");
  if (report && !first) return [];
  const part = (name: string, text: string) => {
    const lines = wrap(text, Math.max(40, Math.min(140, width) - 13));
    return lines
      .slice(0, LINES)
      .map(
        (line, index) =>
          `  ${(index === 0 ? name : "").padEnd(8)}${line}${index === LINES - 1 && lines.length > LINES ? " …" : ""}`,
      );
  };
  if (!first) return ["", `${seat} (${trainee})`, ...part("why", missing ?? "")];
  const { hint, check, title, seen } = first;
  return [
    "",
    `${seat} (${trainee}): ${check}, ${title}`,
    ...part(hint ? "cause" : "seen", hint?.cause ?? seen),
    ...(hint ? [`  look    ${hint.look}`, `  fix     ${hint.fix}`] : []),
    `  all     ${logOf(seat)}`,
  ];
}

/** `29 of 30 seats green; 1 with failed checks` */
function sum(seats: readonly SeatReport[]): string {
  const green = seats.filter((of) => isGreen([of])).length;
  const failed = seats.filter(({ report }) => report && countsOf(report).failed > 0).length;
  const unchecked = seats.filter((of) => !of.report || isEmpty(of)).length;
  const rest = [
    ...(failed > 0 ? [`${failed} with failed checks`] : []),
    ...(unchecked > 0 ? [`${unchecked} not checked`] : []),
  ];
  const placeholders = seats.some(({ report }) => report && countsOf(report).placeholder > 0)
    ? ["A placeholder proves that an addon can be reached, and nothing about the addon."]
    : [];
  return [
    `${green} of ${seats.length} ${seats.length === 1 ? "seat" : "seats"} green${rest.length > 0 ? `; ${rest.join(", ")}` : ""}.`,
    ...placeholders,
  ].join(" ");
}

/** All reports as JSON, each as `npm run check -- --json` prints it. */
export function classJson(name: string, seats: readonly SeatReport[], verb: "check" | "start" = "check"): string {
  const all = seats.map(({ report, ...of }) => ({
    ...of,
    ...(report && { report: JSON.parse(json(report)) as object }),
  }));
  const reports = seats.flatMap(({ report }) => report ?? []);
  const total = (key: keyof ReturnType<typeof countsOf>) =>
    reports.reduce((sum, report) => sum + countsOf(report)[key], 0);
  const totals = {
    seats: seats.length,
    notChecked: seats.length - reports.length,
    passed: total("passed"),
    failed: total("failed"),
    placeholder: total("placeholder"),
    notApplicable: total("notApplicable"),
  };
  return `${JSON.stringify({ class: name, verb, totals, seats: all }, undefined, 2)}\n`;
}

/**
 * All reports as JUnit XML, with one suite per seat and lesson. A seat that could not be checked is an error, so that
 * the build fails.
 */
export function classJunit(name: string, seats: readonly SeatReport[]): string {
  const results = seats.flatMap(({ report }) => report?.results ?? []);
  const missing = seats.filter(({ report }) => !report);
  const counted = counts(results);
  const sums = { ...counted, tests: counted.tests! + missing.length, errors: missing.length };
  const seconds = Math.round(Math.max(0, ...seats.map((of) => of.seconds)) * 10) / 10;
  return testSuites(
    `istio-lab class ${name}`,
    sums,
    seconds,
    seats.flatMap((of) => (of.report ? suitesOf(of.report, of.seat) : [notChecked(of)])),
  );
}

function notChecked({ seat, missing = "", seconds }: SeatReport): string {
  const suite = attributes({
    name: seat,
    tests: 1,
    failures: 0,
    errors: 1,
    skipped: 0,
    time: Math.round(seconds * 10) / 10,
  });
  const one = attributes({
    classname: `istio-lab.${seat}`,
    name: "the seat is checked",
    time: Math.round(seconds * 10) / 10,
  });
  return [
    `  <testsuite${suite}>`,
    `    <testcase${one}>`,
    `      <error${attributes({ message: missing, type: "not checked" })}/>`,
    "    </testcase>",
    "  </testsuite>",
  ].join("\n");
}
