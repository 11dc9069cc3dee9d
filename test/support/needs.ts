import { isMainThread } from "node:worker_threads";
import type { TestOptions } from "vitest";

/** Why a machine cannot run a test: undefined where it can. */
export type Lack = string | undefined;

export const withoutRoot: Lack = process.getuid?.() === 0 ? undefined : "needs root";
/** The umask and the folder of a process are all its threads', and only the first may set them. Stryker runs the tests in threads. */
export const withoutOwnProcess: Lack = isMainThread ? undefined : "needs a process of its own";
export const withoutLinux: Lack = process.platform === "linux" ? undefined : "needs Linux";

/**
 * The options of a test, or of a group of tests, that some machines cannot run. There it is skipped, and `npm test` ends with the reason.
 * The tests use this in place of `skipIf` and `runIf`, which take no reason.
 */
export function needs(...lacks: readonly Lack[]): TestOptions {
  const found = lacks.filter((lack) => lack !== undefined);
  return found.length === 0 ? {} : { skip: true, meta: { skippedFor: found.join(", ") } };
}
