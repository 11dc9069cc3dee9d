import type { CheckResult, Report } from "./result";

/** The report in the XML that CI systems read: a suite a lesson, a case a check. */
export function junit({ stack, started, seconds, results }: Report): string {
  const lessons = [...new Set(results.map(({ lesson }) => lesson))];
  const suites = lessons.map((lesson) => suite(lesson, results.filter((result) => result.lesson === lesson), started));
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${attributes({ name: `istio-lab ${stack}`, ...counts(results), time: seconds })}>`, ...suites, "</testsuites>", ""].join("\n");
}

function suite(lesson: string, results: readonly CheckResult[], started: string): string {
  const time = results.reduce((sum, { seconds }) => sum + seconds, 0);
  const head = attributes({ name: lesson, ...counts(results), time: Math.round(time * 10) / 10, timestamp: started.replace(/\.\d+Z$/, "") });
  return [`  <testsuite${head}>`, ...results.map(testCase), "  </testsuite>"].join("\n");
}

function testCase(result: CheckResult): string {
  const { lesson, check, title, status, seen, seconds, standIn } = result;
  const head = `    <testcase${attributes({ classname: `istio-lab.${lesson}`, name: `${check}: ${title}`, time: seconds })}>`;
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

function counts(results: readonly CheckResult[]): Record<string, number> {
  const failures = results.filter(({ status }) => status === "failed").length;
  const passed = results.filter(({ status }) => status === "passed").length;
  return { tests: results.length, failures, errors: 0, skipped: results.length - failures - passed };
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${text(String(value)).replaceAll('"', "&quot;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;")}"`)
    .join("");
}

/** Escaped, without what XML 1.0 cannot hold: https://www.w3.org/TR/xml/#charsets */
function text(value: string): string {
  return value
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\u{FFFD}")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\r", "&#13;");
}
