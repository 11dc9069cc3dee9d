import type { TestOptions } from "vitest";

/** Why a machine cannot run a test: undefined where it can. */
export type Lack = string | undefined;

export const withoutRoot: Lack = process.getuid?.() === 0 ? undefined : "needs root";
export const withoutLinux: Lack = process.platform === "linux" ? undefined : "needs Linux";

/**
 * The options of a test, or of a group, that a machine may not be able to run. It is skipped there, and `npm test` says why at its end.
 * The tests use this in place of `skipIf` and `runIf`, which take no reason.
 */
export function needs(...lacks: readonly Lack[]): TestOptions {
  const found = lacks.filter((lack) => lack !== undefined);
  return found.length === 0 ? {} : { skip: true, meta: { skippedFor: found.join(", ") } };
}
