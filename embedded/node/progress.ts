import type { ReportProgress } from "../../base/step";

/** Counts units of work that run in parallel, and reports after each. */
export class Progress {
  private done = 0;

  constructor(
    private readonly report: ReportProgress,
    private total: number,
  ) {}

  /** Adds units that were not known before. */
  expect(more: number): void {
    this.total += more;
  }

  /** Reports that one unit is done. */
  step(note: string): void {
    this.report(++this.done, this.total, note);
  }

  /** Reports a note without a finished unit. */
  say(note: string): void {
    this.report(this.done, this.total, note);
  }
}
