import stringWidth from "string-width";
import { elapsed } from "../../../base/elapsed";
import type { Board, BoardRow, Phase } from "../model";

/** The size of a terminal. */
export interface Screen {
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
  const cells = shown.map((row) => [row.seat, cut(row.trainee, NAME_WIDTH), row.phase, time(row), troubleOrDoing(row)]);
  const table = [["SEAT", "TRAINEE", "PHASE", "TIME", ""], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => stringWidth(row[column]!))));
  const line = (row: readonly string[]) =>
    [...widths.map((width, column) => pad(row[column]!, width)), row[4]!].join(GAP).trimEnd();
  return [heading(board, now), ...table.map(line), ...notes].map((text) => cut(text, screen.columns - 1));
}

/** `class kubernetes-101: up · 12 of 30 done, 1 failed, 2 running · 3 min 07 s` */
export function heading({ class: name, verb, rows, started, ended }: Board, now = Date.now()): string {
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
