import { isMainThread } from "node:worker_threads";
import type { TestOptions } from "vitest";

/** Why a machine cannot run a test; undefined where it can. */
export type Lack = string | undefined;

export const withoutRoot: Lack = process.getuid?.() === 0 ? undefined : "needs root";
/**
 * All threads of a process share its umask and working folder, and only the main thread may set them. A thread's own
 * HOME does not move `os.homedir()`. Stryker runs the tests in threads.
 */
export const withoutOwnProcess: Lack = isMainThread ? undefined : "needs a process of its own";
export const withoutLinux: Lack = process.platform === "linux" ? undefined : "needs Linux";

/**
 * Returns the options of a test, or of a group of tests, that some machines cannot run. Such a machine skips it, and
 * `npm test` prints the reason at its end. Tests use this instead of `skipIf` and `runIf`, which take no reason.
 */
export function needs(...lacks: readonly Lack[]): TestOptions {
  const found = lacks.filter((lack) => lack !== undefined);
  return found.length === 0 ? {} : { skip: true, meta: { skippedFor: found.join(", ") } };
}
