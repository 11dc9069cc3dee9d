import { masked } from "../../base/secret-mask";
import type { CheckResult, Report } from "./result";

/** The report in the XML that CI systems read: a suite a lesson, a case a check. */
export function junit(report: Report): string {
  return testSuites(`istio-lab ${report.stack}`, counts(report.results), report.seconds, suitesOf(report));
}

/** The whole document. */
export function testSuites(name: string, counted: Record<string, number>, seconds: number, suites: readonly string[]): string {
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${attributes({ name, ...counted, time: seconds })}>`, ...suites, "</testsuites>", ""].join("\n");
}

/** A suite a lesson; of a seat in a class with the seat in its name. */
export function suitesOf({ results, started }: Report, seat?: string): string[] {
  const lessons = [...new Set(results.map(({ lesson }) => lesson))];
  const prefix = seat === undefined ? "" : `${seat}.`;
  return lessons.map((lesson) => suite(lesson, results.filter((result) => result.lesson === lesson), started, prefix));
}

function suite(lesson: string, results: readonly CheckResult[], started: string, prefix: string): string {
  const time = results.reduce((sum, { seconds }) => sum + seconds, 0);
  const head = attributes({ name: prefix + lesson, ...counts(results), time: Math.round(time * 10) / 10, timestamp: started.replace(/\.\d+Z$/, "") });
  return [`  <testsuite${head}>`, ...results.map((result) => testCase(result, prefix)), "  </testsuite>"].join("\n");
}

function testCase(result: CheckResult, prefix: string): string {
  const { lesson, check, title, status, seen, seconds, standIn } = result;
  const head = `    <testcase${attributes({ classname: `istio-lab.${prefix}${lesson}`, name: `${check}: ${title}`, time: seconds })}>`;
  const inner =
    status === "failed"
      ? [`      <failure${attributes({ message: seen, type: "failed" })}>${text(explained(result))}</failure>`]
      : status === "passed"
        ? []
        : [`      <skipped${attributes({ message: `${status}: ${seen}` })}/>`];
  const said = [seen, ...(standIn ? [`stand-in: ${standIn}`] : [])].join("\n");
  return [head, ...inner, `      <system-out>${text(said)}</system-out>`, "    </testcase>"].join("\n");
}

function explained({ expected, seen, hint }: CheckResult): string {
  const lines = [`wanted: ${expected}`, `seen: ${seen}`, ...(hint ? [`cause: ${hint.cause}`, `look: ${hint.look}`, `mend: ${hint.fix}`] : [])];
  return lines.join("\n");
}

export function counts(results: readonly CheckResult[]): Record<string, number> {
  const failures = results.filter(({ status }) => status === "failed").length;
  const passed = results.filter(({ status }) => status === "passed").length;
  return { tests: results.length, failures, errors: 0, skipped: results.length - failures - passed };
}

export function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${text(String(value)).replaceAll('"', "&quot;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;")}"`)
    .join("");
}

/** Escaped, without what XML 1.0 cannot hold: https://www.w3.org/TR/xml/#charsets */
function text(value: string): string {
  return masked(value)
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\u{FFFD}")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\r", "&#13;");
}
