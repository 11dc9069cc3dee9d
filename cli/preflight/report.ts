import { onStack } from "../../base/advice";
import { UserError } from "../../base/errors";
import type { Finding } from "./finding";

/** The findings as lines: what was looked at, how it is, and below what is not ok what to do. */
export function lines(findings: readonly Finding[]): string[] {
  const width = Math.max(0, ...findings.map(({ name }) => name.length));
  const indent = " ".repeat("refused".length + width + 6);
  return findings.flatMap(({ name, status, seen, todo }) => [
    `  ${status.padEnd("refused".length)}  ${name.padEnd(width)}  ${seen}`,
    ...(todo === undefined ? [] : [`${indent}→ ${todo}`]),
  ]);
}

export function isRefused(findings: readonly Finding[]): boolean {
  return findings.some(({ status }) => status === "refused");
}

/** Before `up`: says what is to be known, and the cluster's name. @throws {UserError} with all that is not well, where something refuses */
export function heed(stack: string, findings: readonly Finding[], say: (line: string) => void): void {
  if (isRefused(findings)) {
    throw new UserError(
      [
        `Stack ${stack} cannot be made as it is; nothing has been changed:`,
        ...lines(findings.filter(({ status }) => status !== "ok")),
        onStack(stack, "`npm run preflight` asks again."),
      ].join("\n"),
    );
  }
  lines(findings.filter(({ name, status }) => status === "notice" || name === "cluster")).forEach(say);
}
