import type { BoardRow } from "../model";
import { boardLines, heading, time, troubleOrDoing } from "./lines";
import type { LiveBoard } from "./live";

/** How often the terminal redraws its times, and how soon it shows a change. */
const EVERY_MS = 1000;
const SOON_MS = 100;

/**
 * Shows a board in the terminal. It redraws in place, or prints a line per change of phase where the output is a log or
 * a pipe.
 */
export class TerminalBoard {
  private height = 0;
  private soon?: NodeJS.Timeout;
  private readonly clock?: NodeJS.Timeout;
  private readonly redraws: boolean;

  constructor(
    private readonly board: LiveBoard,
    private readonly out: NodeJS.WriteStream,
  ) {
    this.redraws = Boolean(out.isTTY);
    // The terminal may disappear (a broken connection) while the seats' operations still have to end in order.
    out.on("error", ignore);
    board.watch((row, what) => this.changed(row, what));
    if (this.redraws) this.clock = setInterval(() => this.draw(), EVERY_MS);
  }

  /** Prints a sentence for the user above the board. */
  say(text: string): void {
    this.clear();
    this.out.write(`${text}\n`);
    if (this.redraws) this.draw();
  }

  end(): void {
    clearInterval(this.clock);
    clearTimeout(this.soon);
    if (this.redraws) this.draw();
    else this.out.write(`${heading(this.board.snapshot())}\n`);
    this.out.off("error", ignore);
  }

  private changed(row: BoardRow, what: "phase" | "trouble" | "doing"): void {
    if (this.redraws) this.soon ??= setTimeout(() => this.draw(), SOON_MS);
    else if (what !== "doing") this.out.write(`${lineOf(row)}\n`);
  }

  private draw(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    const { columns = 80, rows = 24 } = this.out;
    const lines = boardLines(this.board.snapshot(), { columns, rows });
    this.clear();
    this.out.write(`${lines.join("\n")}\n`);
    this.height = lines.length;
  }

  private clear(): void {
    if (this.height > 0) this.out.write(`\u001b[${this.height}A\u001b[J`);
    this.height = 0;
  }
}

function ignore(): void {}

/** `seat-03: failed after 12.0 s: no such image` */
function lineOf(row: BoardRow): string {
  const said = row.trouble ?? troubleOrDoing(row);
  const ended = row.phase === "done" || row.phase === "failed" || row.phase === "interrupted";
  return `${row.seat}: ${row.phase}${ended ? ` after ${time(row)}` : ""}${said && row.phase !== "running" ? `: ${said}` : ""}`;
}
