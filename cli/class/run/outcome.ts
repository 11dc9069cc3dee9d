import * as path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { masked } from "../../../base/secret-mask";
import type { Outcome } from "../model";

/**
 * Summarizes the outcomes for the end of a verb's output: failed seats by name with trouble and log, the rest by
 * number.
 */
export function outcomeText(outcomes: readonly Outcome[], did: string): string {
  const of = (status: Outcome["status"]) => outcomes.filter((outcome) => outcome.status === status);
  const seats = (number: number) => `${number} ${number === 1 ? "seat" : "seats"}`;
  const failed = of("failed").flatMap((outcome) =>
    outcome.status === "failed"
      ? [
          `${outcome.seat.seat} (${outcome.seat.trainee}): ${outcome.trouble}`,
          ...(outcome.log ? [`  everything: ${relative(outcome.log)}`] : []),
        ]
      : [],
  );
  const rest = [...of("interrupted"), ...of("skipped")].map(({ seat }) => seat.seat);
  return [
    ...failed,
    ...(rest.length > 0 ? [`Interrupted or not started: ${rest.join(", ")}.`] : []),
    `${of("done").length} of ${seats(outcomes.length)} ${did}.${of("done").length < outcomes.length ? ` Run the same command again: it continues with what is ${did === "gone" ? "left" : "missing"}.` : ""}`,
  ].join("\n");
}

/** The exit code: 0 when every seat is done, 130 when interrupted, as shells do, else 1. */
export function exitCodeOf(outcomes: readonly Outcome[]): number {
  if (outcomes.every(({ status }) => status === "done")) return 0;
  return outcomes.some(({ status }) => status === "interrupted") ? 130 : 1;
}

/** An outcome as JSON, with the seat's name. */
export function outcomeJson(outcome: Outcome): Record<string, unknown> {
  const { seat, ...rest } = outcome;
  return { seat: seat.seat, trainee: seat.trainee, ...rest };
}

function relative(file: string): string {
  const short = path.relative(process.cwd(), file);
  return short.startsWith("..") ? file : short;
}

/** The longest line of trouble in characters; the log has the whole text. */
const LONGEST = 300;

/** Why a seat failed, as one line for the board. The whole message goes to the seat's log. */
export class SeatTrouble extends Error {
  override name = "SeatTrouble";

  constructor(
    readonly line: string,
    message = line,
  ) {
    super(message);
  }
}

/** An error as one line for the board. */
export function troubleOf(error: unknown): string {
  if (error instanceof SeatTrouble) return oneLine(error.line);
  const text = error instanceof Error ? error.message : String(error);
  return (
    oneLine(known(error) ? text : `${error instanceof Error ? `${error.name}: ` : ""}${text}`) || "no reason was given"
  );
}

/** An error for the seat's log: a known error's message, or an unknown error's stack. */
export function wholeOf(error: unknown): string {
  const whole =
    error instanceof Error ? (known(error) ? error.message : (error.stack ?? error.message)) : String(error);
  return `${stripVTControlCharacters(whole).trimEnd()}\n`;
}

function known(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(UserError|ToolchainError|SeatError|ImageError|FolderError|SeatTrouble|Error)$/.test(error.name)
  );
}

export function oneLine(text: string): string {
  // Mask before cutting: the mask does not recognize half a secret.
  const line = stripVTControlCharacters(masked(text)).replace(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
