import stringWidth from "string-width";
import { elapsed } from "../../../base/elapsed";
import type { Board, BoardRow, Phase } from "../model";
import type { LiveBoard } from "./live";
import { hasTasks, TASKS, tasksText } from "./tasks";

/** The size of a terminal. */
interface Screen {
  readonly columns: number;
  readonly rows: number;
}

const GAP = "  ";
/** The widest name; the rest of the line is for the status. */
const NAME_WIDTH = 24;
/** Phases that share a line when the screen is too low, the least interesting first. */
const folded: readonly Phase[] = ["waiting", "skipped", "done"];

/** The board as lines for a terminal: a heading and a row per seat, within the screen's width and height. */
export function boardLines(board: Board, screen: Screen, now = Date.now()): string[] {
  const { shown, notes } = fold(board.rows, screen.rows - 4);
  const withTasks = hasTasks(board.rows);
  const cells = shown.map((row) => [
    row.seat,
    cut(row.trainee, NAME_WIDTH),
    row.phase,
    time(row),
    ...(withTasks ? [tasksText(row, new Date(now))] : []),
    troubleOrDoing(row),
  ]);
  const table = [["SEAT", "TRAINEE", "PHASE", "TIME", ...(withTasks ? [TASKS] : []), ""], ...cells];
  const widths = table[0]!.slice(1).map((_, column) => Math.max(...table.map((row) => stringWidth(row[column]!))));
  const line = (row: readonly string[]) =>
    [...widths.map((width, column) => pad(row[column]!, width)), row.at(-1)!].join(GAP).trimEnd();
  return [heading(board, now), ...table.map(line), ...notes].map((text) => cut(text, screen.columns - 1));
}

/** `class kubernetes-101: up · 12 of 30 done, 1 failed, 2 running · 3 min 07 s` */
function heading({ class: name, verb, rows, started, ended }: Board, now = Date.now()): string {
  const counts = (["failed", "retrying", "running", "interrupted", "skipped", "waiting"] as const).flatMap((phase) => {
    const count = rows.filter((row) => row.phase === phase).length;
    return count > 0 ? [`${count} ${phase}`] : [];
  });
  const done = `${rows.filter(({ phase }) => phase === "done").length} of ${rows.length} done`;
  return `class ${name}: ${verb} · ${[done, ...counts].join(", ")} · ${elapsed(started.getTime(), ended?.getTime() ?? now)}`;
}

export function time({ phase, elapsed: milliseconds }: BoardRow): string {
  return phase === "waiting" || phase === "skipped" ? "" : elapsed(0, milliseconds);
}

/** The trouble of a seat that failed or retries; otherwise what it does. */
export function troubleOrDoing({ phase, doing, trouble }: BoardRow): string {
  return (phase === "failed" || phase === "retrying" ? trouble : undefined) ?? doing;
}

/** Leaves out the least interesting rows where they do not all fit, and counts each phase on a line. */
function fold(rows: readonly BoardRow[], height: number): { shown: readonly BoardRow[]; notes: string[] } {
  let shown = rows;
  const notes: string[] = [];
  for (const phase of folded) {
    if (shown.length + notes.length <= height) break;
    const rest = shown.filter((row) => row.phase !== phase);
    if (rest.length < shown.length) notes.push(`… and ${shown.length - rest.length} ${phase}`);
    shown = rest;
  }
  const room = Math.max(1, height - notes.length);
  if (shown.length <= room) return { shown, notes };
  return { shown: shown.slice(0, room - 1), notes: [...notes, `… and ${shown.length - room + 1} more`] };
}

/** Cuts `text` to `width` terminal columns. A Chinese character takes two columns, and an accent none. */
export function cut(text: string, width: number): string {
  const plain = text.replace(/\s+/g, " ");
  if (stringWidth(plain) <= width) return text;
  let kept = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}

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
