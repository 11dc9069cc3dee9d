/** Tells how far a step has come: `done` of `total` units (packages, bytes, pods …), and what it is at. */
export type Report = (done: number, total: number, note?: string) => void;

/**
 * A piece of visible work on this machine (a build, an install, a download).
 *
 * Steps are idempotent: killed at any moment and run again, they converge. What they make is written under another
 * name and renamed, so a half-made thing is never taken for a whole one.
 */
export interface Step {
  /** What is made, as the progress line names it. */
  title: string;
  /** Whether there is nothing to do. Quick (milliseconds), without side effects. */
  isDone(): Promise<boolean>;
  /** Makes it. Rejects with one clear message; `signal` interrupts it. */
  run(report: Report, signal: AbortSignal): Promise<void>;
}
