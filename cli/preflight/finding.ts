import { onStack } from "../../base/advice";
import { UserError } from "../../base/errors";
import { localName } from "../../base/names";
import type { Finding } from "../../components/cluster/finding";
import type { Settings } from "../../config";
import { secretsIn } from "../stack/secret-values";
import { type Deployment, fileConfig } from "../stack/stack";
import type { Workspace } from "../stack/workspace";

export type { Finding };

/** Input of a target's `findings(context)`. The stack exists, and its config is valid. */
export interface PreflightContext {
  readonly stack: string;
  /** The stack's config as the program gets it. */
  readonly settings: Settings;
  readonly workspace: Workspace;
  /** What the stack has already. */
  readonly state: Deployment;
}

/** Adds the stack to every command in the finding. The functions that judge a machine do not know the stack. */
export function nameStack(finding: Finding, stack: string): Finding {
  const { seen, todo } = finding;
  return { ...finding, seen: onStack(stack, seen), ...(todo !== undefined && { todo: onStack(stack, todo) }) };
}

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
        `Stack ${stack} cannot be made yet. Nothing has been changed:`,
        ...lines(findings.filter(({ status }) => status !== "ok")),
        onStack(stack, "`npm run preflight` checks again."),
      ].join("\n"),
    );
  }
  lines(findings.filter(({ name, status }) => status === "notice" || name === "cluster")).forEach(say);
}

/**
 * Secrets that stand in a stack's file in plain text. They work, so they are only a notice. No message shows their
 * value.
 */
export function plainSecretFindings(stack: string): Finding[] {
  return Object.entries(fileConfig(stack))
    .flatMap(([key, value]) => secretsIn(key, value))
    .map((path) => ({
      name: "secret",
      status: "notice",
      seen: `Pulumi.${localName(stack)}.yaml has istio-lab:${path} in plain text: whoever can read the file or the checkout can read the secret`,
      todo: `encrypt it, from a file that has only its value: ${onStack(stack, `npm run -s pulumi -- config set --secret --path istio-lab:${path} < FILE`)}`,
    }));
}
