import type { Report } from "../../check";
import { isProved } from "../../check/result";
import type { Outcome } from "../model";

/** What a class' check knows of a seat: its report, or why there is none. */
export interface SeatReport {
  readonly seat: string;
  readonly trainee: string;
  readonly seconds: number;
  readonly report?: Report;
  /** Set where there is no report. */
  readonly missing?: string;
}

/** A seat with failed checks has failed, and has a report. */
export function seatReports(outcomes: readonly Outcome[], reports: ReadonlyMap<string, Report>): SeatReport[] {
  return outcomes.map((outcome) => {
    const { seat, trainee } = outcome.seat;
    const report = reports.get(seat);
    const missing = outcome.status === "failed" ? outcome.trouble : outcome.status === "interrupted" ? "interrupted" : "not begun";
    return { seat, trainee, seconds: outcome.seconds, ...(report ? { report } : { missing }) };
  });
}

/** How many checks of a seat came to what. */
export function countsOf({ results }: Report): { passed: number; failed: number; placeholder: number; notApplicable: number } {
  const count = (status: Report["results"][number]["status"]) => results.filter((result) => result.status === status).length;
  return { passed: count("passed"), failed: count("failed"), placeholder: count("placeholder"), notApplicable: count("not applicable") };
}

/** Whether on every seat something passed and nothing failed. */
export function isGreen(seats: readonly SeatReport[]): boolean {
  return seats.every(({ report }) => report !== undefined && isProved(report.results));
}
