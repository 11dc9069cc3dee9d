import type { Report } from "../../base/step";

/** Counts units of work that are done side by side, and reports after each. */
export class Progress {
  private done = 0;

  constructor(
    private readonly report: Report,
    private total: number,
  ) {}

  /** There is more to do than was known. */
  expect(more: number): void {
    this.total += more;
  }

  /** One unit is done. */
  step(note: string): void {
    this.report(++this.done, this.total, note);
  }

  /** Something to know, though no unit is done. */
  say(note: string): void {
    this.report(this.done, this.total, note);
  }
}
