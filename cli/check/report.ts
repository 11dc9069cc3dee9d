import { attributes, escaped, testSuites } from "../../base/junit";
import type { CheckSpec } from "../../components/lessons/checks/check";
import type { Beside, CheckReport, CheckResult, Evidence, Hint, Status } from "./result";

interface TableOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colours: boolean;
}

/** The narrowest and the widest column for what was seen. */
const SEEN_WIDTH = { least: 30, most: 100 };
const GAP = "  ";
const headings = ["lesson", "check", "seen", "result"] as const;

/**
 * The report for a terminal: a row per check, with wrapped columns; then each failure with its hint, and the totals.
 */
export function table({ results, besides = [], stack, seconds }: CheckReport, options: TableOptions): string {
  const paint = painter(options.colours);
  const rows = results.map((result, index) => [
    result.lesson === results[index - 1]?.lesson ? "" : result.lesson,
    result.check,
    seenOf(result),
    result.status,
  ]);
  const widthOf = (column: number) => Math.max(headings[column]!.length, ...rows.map((row) => row[column]!.length));
  const [lesson, check, result] = [widthOf(0), widthOf(1), widthOf(3)];
  const seen = Math.min(
    SEEN_WIDTH.most,
    Math.max(SEEN_WIDTH.least, options.width - lesson - check - result - 3 * GAP.length),
  );
  const line = (cells: readonly string[], status?: Status) => {
    const wrapped = wrap(cells[2]!, seen);
    return wrapped.map((part, index) => {
      const first = index === 0;
      const text = [
        (first ? cells[0]! : "").padEnd(lesson),
        (first ? cells[1]! : "").padEnd(check),
        part.padEnd(seen),
      ].join(GAP);
      return first ? `${text}${GAP}${status ? paint(colourOf[status], cells[3]!) : cells[3]!}` : text.trimEnd();
    });
  };
  const lines = [
    ...line(headings).map((text) => paint("dim", text)),
    ...rows.flatMap((row, index) => line(row, results[index]!.status)),
    ...hintLines(results, options, paint),
    ...besideLines(besides, options, paint),
    ...(results.some(({ standIn }) => standIn)
      ? [
          "",
          paint(
            "dim",
            "[stand-in]: another program, mostly one of this lab, answers instead of the course's. The row proves the mesh, not that program.",
          ),
        ]
      : []),
    ...(results.some(({ status }) => status === "placeholder")
      ? [
          "",
          paint(
            "dim",
            "placeholder: the addon's image is not available on this seat. A program of this lab has its name and ports, and the row proves only that.",
          ),
        ]
      : []),
    "",
    ...(results.some(({ status }) => status === "passed" || status === "failed")
      ? []
      : ["Nothing was checked: no check passed or failed."]),
    `${totals(results)} on stack ${stack} in ${seconds.toFixed(1)} s`,
  ];
  return `${lines.join("\n")}\n`;
}

/** `21 passed, 1 failed, 2 not applicable` */
export function totals(results: readonly CheckResult[]): string {
  const count = (status: Status) => results.filter((result) => result.status === status).length;
  const others = (["placeholder", "not applicable"] as const)
    .filter((status) => count(status) > 0)
    .map((status) => `, ${count(status)} ${status}`);
  return `${count("passed")} passed, ${count("failed")} failed${others.join("")}`;
}

function seenOf({ seen, standIn }: CheckResult): string {
  return standIn ? `${seen} [stand-in]` : seen;
}

/** Groups failures with the same cause. */
function hintLines(results: readonly CheckResult[], options: TableOptions, paint: Paint): string[] {
  const failed = results.filter(({ status }) => status === "failed");
  const byCause = grouped(failed, causeOf);
  return [...byCause.values()].flatMap((together) => {
    const { hint } = together[0]!;
    return [
      "",
      ...together.flatMap(({ check, title, expected, advice }) => [
        paint("red", `${check}: ${title}`),
        ...part("wanted", expected, options),
        ...(advice === undefined ? [] : part("hint", advice, options)),
      ]),
      ...(hint ? linesOf(hint, options) : []),
    ];
  });
}

/** What else is wrong: first what may be a cause as well. */
function besideLines(besides: readonly Beside[], options: TableOptions, paint: Paint): string[] {
  return besides.flatMap((beside) => {
    const { mayExplain } = beside;
    const title =
      mayExplain.length > 0
        ? `also found, and may be a cause as well: ${mayExplain.join(", ")}`
        : "also found, and explains no failed check";
    return ["", ...wrap(title, widthOf(options)).map((line) => paint("yellow", line)), ...linesOf(beside, options)];
  });
}

function linesOf({ cause, look, fix }: Hint, options: TableOptions): string[] {
  // A command stays on one line, so that it can be copied.
  return [...part("cause", cause, options), `  ${"look".padEnd(8)}${look}`, `  ${"fix".padEnd(8)}${fix}`];
}

function part(name: string, text: string, options: TableOptions): string[] {
  return wrap(text, widthOf(options) - 10).map((line, index) => `  ${(index === 0 ? name : "").padEnd(8)}${line}`);
}

function widthOf({ width }: TableOptions): number {
  return Math.max(50, Math.min(140, width));
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function causeOf({ check, hint }: CheckResult): string {
  return hint ? JSON.stringify(hint) : check;
}

/** Breaks a text at blanks into lines of at most `width`; a longer word is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter(Boolean)) {
    let rest = word;
    if (line && line.length + 1 + rest.length <= width) {
      line += ` ${rest}`;
      continue;
    }
    if (line) lines.push(line);
    for (; rest.length > width; rest = rest.slice(width)) lines.push(rest.slice(0, width));
    line = rest;
  }
  return line || lines.length === 0 ? [...lines, line] : lines;
}

type Colour = "green" | "red" | "yellow" | "dim";
type Paint = (colour: Colour, text: string) => string;

const codes: Record<Colour, number> = { green: 32, red: 31, yellow: 33, dim: 2 };
const colourOf: Record<Status, Colour> = {
  passed: "green",
  failed: "red",
  placeholder: "yellow",
  "not applicable": "dim",
};

function painter(colours: boolean): Paint {
  return (colour, text) => (colours ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text);
}

/** The report as JUnit XML: a suite per lesson, a case per check. */
export function junit(report: CheckReport): string {
  return testSuites(`istio-lab ${report.stack}`, counts(report.results), report.seconds, suitesOf(report));
}

/** A suite per lesson. In a class, its name has the seat too. */
export function suitesOf({ results, started }: CheckReport, seat?: string): string[] {
  const lessons = [...new Set(results.map(({ lesson }) => lesson))];
  const prefix = seat === undefined ? "" : `${seat}.`;
  return lessons.map((lesson) =>
    suite(
      lesson,
      results.filter((result) => result.lesson === lesson),
      started,
      prefix,
    ),
  );
}

function suite(lesson: string, results: readonly CheckResult[], started: string, prefix: string): string {
  const time = results.reduce((sum, { seconds }) => sum + seconds, 0);
  const head = attributes({
    name: prefix + lesson,
    ...counts(results),
    time: Math.round(time * 10) / 10,
    timestamp: started.replace(/\.\d+Z$/, ""),
  });
  return [`  <testsuite${head}>`, ...results.map((result) => testCase(result, prefix)), "  </testsuite>"].join("\n");
}

function testCase(result: CheckResult, prefix: string): string {
  const { lesson, check, title, status, seen, seconds, standIn } = result;
  const head = `    <testcase${attributes({ classname: `istio-lab.${prefix}${lesson}`, name: `${check}: ${title}`, time: seconds })}>`;
  const inner =
    status === "failed"
      ? [`      <failure${attributes({ message: seen, type: "failed" })}>${escaped(explained(result))}</failure>`]
      : status === "passed"
        ? []
        : [`      <skipped${attributes({ message: `${status}: ${seen}` })}/>`];
  const said = [seen, ...(standIn ? [`stand-in: ${standIn}`] : [])].join("\n");
  return [head, ...inner, `      <system-out>${escaped(said)}</system-out>`, "    </testcase>"].join("\n");
}

function explained({ expected, seen, hint }: CheckResult): string {
  const lines = [
    `wanted: ${expected}`,
    `seen: ${seen}`,
    ...(hint ? [`cause: ${hint.cause}`, `look: ${hint.look}`, `fix: ${hint.fix}`] : []),
  ];
  return lines.join("\n");
}

export function counts(results: readonly CheckResult[]): Record<string, number> {
  const failures = results.filter(({ status }) => status === "failed").length;
  const passed = results.filter(({ status }) => status === "passed").length;
  return { tests: results.length, failures, errors: 0, skipped: results.length - failures - passed };
}

/** A row for programs. It has a failure's evidence, but not the check's own data. */
type Row = Omit<CheckResult, "failure"> & { evidence?: Evidence; about?: CheckSpec["about"] };

/** The report as JSON. */
export function json({ results, ...run }: CheckReport): string {
  const count = (status: CheckResult["status"]) => results.filter((result) => result.status === status).length;
  const totals = {
    passed: count("passed"),
    failed: count("failed"),
    placeholder: count("placeholder"),
    notApplicable: count("not applicable"),
  };
  const rows = results.map(({ failure, ...row }): Row => ({
    ...row,
    ...(failure && { about: failure.check.about, evidence: failure.evidence }),
  }));
  return `${JSON.stringify({ ...run, totals, results: rows }, undefined, 2)}\n`;
}
