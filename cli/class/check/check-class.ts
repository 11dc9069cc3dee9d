import { type Progress, type CheckReport, runChecks, table } from "../../check";
import type { Class, Outcome } from "../model";
import { overSeats, type OverSeatsOptions, type SeatLine } from "../run/over-seats";
import { SeatTrouble } from "../run/outcome";
import { countsOf, seatReports, type SeatReport } from "./report";

/** The width in columns of a seat's report in its log. */
const LOG_WIDTH = 160;

/** Runs the lessons' checks on every seat, as `npm run check` does on one. Each seat's log has its whole report. */
export async function checkClass(
  cls: Class,
  lessons: readonly string[] | undefined,
  options: Omit<OverSeatsOptions, "verb">,
): Promise<{ seats: SeatReport[]; outcomes: Outcome[] }> {
  const reports = new Map<string, CheckReport>();
  const outcomes = await overSeats(cls, { ...options, verb: "check" }, ({ seat }, line, signal) =>
    checkSeat(seat, lessons, reports, line, signal),
  );
  return { seats: seatReports(outcomes, reports), outcomes };
}

/** Runs the checks on one seat and keeps its report. @throws SeatTrouble where a check failed, or none passed */
export async function checkSeat(
  stack: string,
  lessons: readonly string[] | undefined,
  reports: Map<string, CheckReport>,
  line: SeatLine,
  signal: AbortSignal,
): Promise<void> {
  const report = await runChecks({ stack, ...(lessons && { lessons }), signal, progress: onBoard(line) });
  reports.set(stack, report);
  const whole = table(report, { width: LOG_WIDTH, colours: false });
  const { passed, failed } = countsOf(report);
  line.gatewayUrl(report.gatewayUrl);
  line.doing(`${passed} passed, ${failed} failed`);
  // For the board and --fail-fast, a seat with a failed check has failed; its report is kept.
  if (failed > 0) throw new SeatTrouble(troubleOf(report), whole);
  if (passed === 0) throw new SeatTrouble("nothing was checked: 0 checks passed", whole);
  line.log(whole);
}

/** The most names of failed checks on a board, which needs room for the cause too. */
const NAMED = 2;

/** How many checks failed, their names, and the likely cause of the first. */
export function troubleOf({ results }: CheckReport): string {
  const failed = results.filter(({ status }) => status === "failed");
  const [first] = failed;
  const names = failed
    .slice(0, NAMED)
    .map(({ check }) => check)
    .join(", ");
  return `${failed.length} failed (${names}${failed.length > NAMED ? " …" : ""}): ${first?.hint?.cause ?? first?.seen}`;
}

function onBoard(line: SeatLine): Progress {
  let [total, done, failed] = [0, 0, 0];
  return {
    say: (text) => line.log(`${text}\n`),
    begin: (all) => {
      total = all;
      line.doing(`0 of ${total} checks`);
    },
    seen: (_, result) => {
      if (result === undefined) return;
      done += 1;
      if (result.status === "failed") failed += 1;
      line.doing(`${done} of ${total} checks${failed > 0 ? `, ${failed} failed` : ""}`);
    },
    end: () => undefined,
  };
}
