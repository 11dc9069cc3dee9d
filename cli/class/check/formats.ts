import { json } from "../../check/json";
import { attributes, counts, suitesOf, testSuites } from "../../check/junit";
import { countsOf, type SeatReport } from "./seat-report";

/** All reports as JSON, each as `npm run check -- --json` prints it. */
export function classJson(name: string, seats: readonly SeatReport[]): string {
  const all = seats.map(({ report, ...of }) => ({ ...of, ...(report && { report: JSON.parse(json(report)) as object }) }));
  const reports = seats.flatMap(({ report }) => report ?? []);
  const total = (key: keyof ReturnType<typeof countsOf>) => reports.reduce((sum, report) => sum + countsOf(report)[key], 0);
  const totals = { seats: seats.length, notChecked: seats.length - reports.length, passed: total("passed"), failed: total("failed"), placeholder: total("placeholder"), notApplicable: total("notApplicable") };
  return `${JSON.stringify({ class: name, verb: "check", totals, seats: all }, undefined, 2)}\n`;
}

/** All reports in the XML that CI systems read: a suite a lesson of a seat. A seat that could not be checked is an error, as a green build must not come of it. */
export function classJunit(name: string, seats: readonly SeatReport[]): string {
  const results = seats.flatMap(({ report }) => report?.results ?? []);
  const missing = seats.filter(({ report }) => !report);
  const counted = counts(results);
  const sums = { ...counted, tests: counted.tests! + missing.length, errors: missing.length };
  const seconds = Math.round(Math.max(0, ...seats.map((of) => of.seconds)) * 10) / 10;
  return testSuites(`istio-lab class ${name}`, sums, seconds, seats.flatMap((of) => (of.report ? suitesOf(of.report, of.seat) : [notChecked(of)])));
}

function notChecked({ seat, missing = "", seconds }: SeatReport): string {
  const suite = attributes({ name: seat, tests: 1, failures: 0, errors: 1, skipped: 0, time: Math.round(seconds * 10) / 10 });
  const one = attributes({ classname: `istio-lab.${seat}`, name: "the seat is checked", time: Math.round(seconds * 10) / 10 });
  return [`  <testsuite${suite}>`, `    <testcase${one}>`, `      <error${attributes({ message: missing, type: "not checked" })}/>`, "    </testcase>", "  </testsuite>"].join("\n");
}
