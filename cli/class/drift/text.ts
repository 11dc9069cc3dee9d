import type { Outcome } from "../model";
import { fieldTexts } from "../preview/field-text";
import { counted } from "../preview/sentence";
import { differencesIn, isAsMade, type Added, type SeatDrift } from "./model";

/** What every seat's trainee has done, as a diff; the seats that are as they were made in one line. */
export function driftText(outcomes: readonly Outcome<SeatDrift>[]): string {
  const drifted = outcomes.flatMap((outcome) => (outcome.status === "done" && !isAsMade(outcome.result) ? [outcome] : []));
  const same = outcomes.filter((outcome) => outcome.status === "done" && isAsMade(outcome.result)).map(({ seat }) => seat.seat);
  const silent = outcomes.flatMap((outcome) => (outcome.status === "done" ? [] : [`${outcome.seat.seat}: nobody knows: ${outcome.status === "failed" ? outcome.trouble : outcome.status}`]));
  return [
    ...drifted.flatMap(({ seat, result }) => [`${seat.seat}${seat.trainee && ` (${seat.trainee})`}: ${counted(differencesIn(result), "difference")}`, ...diff(result).map((line) => `  ${line}`)]),
    ...(same.length > 0 ? [`${counted(same.length, "seat")} as made: ${same.join(", ")}`] : []),
    ...silent,
  ].join("\n");
}

/** A line for each object: `~` changed, `-` gone, `+` added, `?` what nobody can tell. */
export function diff({ changed, missing, added, unclear, notAsked, shared }: SeatDrift): string[] {
  return [
    ...changed.map(({ object, fields, anew }) => `~ ${object}: ${[...(anew ? ["deleted, and made again by hand"] : []), ...fieldTexts({ fields })].join("; ")}`),
    ...missing.map(({ object }) => `- ${object}`),
    ...added.map((one) => `+ ${one.object}${madeBy(one)}${shared.includes(one.namespace) ? ", in a namespace that was there before the seat" : ""}`),
    ...unclear.map(({ object, since }) => `? ${object}${madeBy({ since })}: nobody can tell whether it was there before the seat`),
    ...notAsked.map(({ what, why }) => `? ${what} could not be asked for: ${why}`),
  ];
}

function madeBy({ since, by }: Pick<Added, "since" | "by">): string {
  const parts = [...(by === undefined ? [] : [`by ${by}`]), ...(since === undefined ? [] : [`at ${since.replace("T", " ").replace(/(:\d\d)?Z$/, " UTC")}`])];
  return parts.length > 0 ? ` (${parts.join(" ")})` : "";
}
