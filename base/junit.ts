import { masked } from "./secret-mask";

/** Returns a whole document in JUnit's XML format, which CI systems read. */
export function testSuites(
  name: string,
  counted: Record<string, number>,
  seconds: number,
  suites: readonly string[],
): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name, ...counted, time: seconds })}>`,
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

/** Formats the attributes of an element, escaped. */
export function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(
      ([name, value]) =>
        ` ${name}="${escaped(String(value)).replaceAll('"', "&quot;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;")}"`,
    )
    .join("");
}

/** Escapes a text and replaces the characters that XML 1.0 cannot hold: https://www.w3.org/TR/xml/#charsets */
export function escaped(value: string): string {
  return masked(value)
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\u{FFFD}")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\r", "&#13;");
}
