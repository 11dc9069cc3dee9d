import { diff, differencesIn, isAsMade, type SeatDrift } from "../drift/model";
import { counted } from "../drift/text";
import type { Outcome } from "./model";

/** Every trainee's changes as a diff. Unchanged seats share one line. */
export function driftText(outcomes: readonly Outcome<SeatDrift>[]): string {
  const drifted = outcomes.flatMap((outcome) =>
    outcome.status === "done" && !isAsMade(outcome.result) ? [outcome] : [],
  );
  const same = outcomes
    .filter((outcome) => outcome.status === "done" && isAsMade(outcome.result))
    .map(({ seat }) => seat.seat);
  const silent = outcomes.flatMap((outcome) =>
    outcome.status === "done"
      ? []
      : [`${outcome.seat.seat}: unknown: ${outcome.status === "failed" ? outcome.trouble : outcome.status}`],
  );
  return [
    ...drifted.flatMap(({ seat, result }) => [
      `${seat.seat}${seat.trainee && ` (${seat.trainee})`}: ${counted(differencesIn(result), "difference")}`,
      ...diff(result).map((line) => `  ${line}`),
    ]),
    ...(same.length > 0 ? [`${counted(same.length, "seat")} as made: ${same.join(", ")}`] : []),
    ...silent,
  ].join("\n");
}
