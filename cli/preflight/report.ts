import type { Finding } from "./finding";

/** The findings as lines: what was looked at, how it is, and below what is not ok what to do. */
export function lines(findings: readonly Finding[]): string[] {
  const width = Math.max(0, ...findings.map(({ name }) => name.length));
  const indent = " ".repeat("refused".length + width + 6);
  return findings.flatMap(({ name, status, seen, todo }) => [`  ${status.padEnd("refused".length)}  ${name.padEnd(width)}  ${seen}`, ...(todo === undefined ? [] : [`${indent}→ ${todo}`])]);
}

export function isRefused(findings: readonly Finding[]): boolean {
  return findings.some(({ status }) => status === "refused");
}
