/** Reports a step's progress: `done` of `total` units (packages, bytes, pods …), and the current item. */
export type ReportProgress = (done: number, total: number, note?: string) => void;

/**
 * A visible piece of work on this machine (a build, an install, a download).
 *
 * Steps are idempotent: a step that was killed at any moment succeeds when it runs again. Its output is written under
 * another name and then renamed, so an incomplete result is never used.
 */
export interface Step {
  /** The result's name in the progress line. */
  title: string;
  /** Whether there is nothing to do. It takes milliseconds and has no side effects. */
  isDone(): Promise<boolean>;
  /** Does the work. Rejects with one clear message; `signal` interrupts it. */
  run(report: ReportProgress, signal: AbortSignal): Promise<void>;
}
