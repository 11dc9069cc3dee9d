import { stripVTControlCharacters } from "node:util";
import { masked } from "../../../base/secret-mask";

/** The longest line of trouble; the log has everything. */
const LONGEST = 300;

/** What failed a seat, where one line says it better than the whole of the message: the message goes to the seat's log. */
export class SeatTrouble extends Error {
  override name = "SeatTrouble";

  constructor(
    readonly line: string,
    message = line,
  ) {
    super(message);
  }
}

/** An error on one line of the board. */
export function troubleOf(error: unknown): string {
  if (error instanceof SeatTrouble) return oneLine(error.line);
  const text = error instanceof Error ? error.message : String(error);
  return oneLine(known(error) ? text : `${error instanceof Error ? `${error.name}: ` : ""}${text}`) || "no reason was given";
}

/** An error for the seat's log: a message to act on as it is, a defect with its stack. */
export function wholeOf(error: unknown): string {
  const whole = error instanceof Error ? (known(error) ? error.message : (error.stack ?? error.message)) : String(error);
  return `${stripVTControlCharacters(whole).trimEnd()}\n`;
}

function known(error: unknown): boolean {
  return error instanceof Error && /^(UserError|ToolchainError|SeatError|ImageError|FolderError|SeatTrouble|Error)$/.test(error.name);
}

export function oneLine(text: string): string {
  // Before it is cut: half a secret would not be known for one.
  const line = stripVTControlCharacters(masked(text)).replace(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
