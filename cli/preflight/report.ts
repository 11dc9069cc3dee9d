import { onStack } from "../../base/advice";
import { UserError } from "../../base/errors";
import type { Finding } from "./finding";

/** The findings as lines: status, name and observation, with the advice below. */
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

/**
 * Prints the notices and the cluster's name before `up`.
 * @throws {UserError} with everything that is not ok, where a finding refuses
 */
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
