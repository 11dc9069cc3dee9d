import { elapsed } from "../../../base/elapsed";
import { html } from "../markup";
import type { Board, BoardRow, Phase } from "../model";
import { icons } from "./icons";
import { time, troubleOrDoing } from "./lines";
import { style } from "./style";

/** Seconds after which a page loads itself again while its verb runs. */
const REFRESH = 3;
/** In the order of the bar, from what is done to what has not begun. */
const phases: readonly Phase[] = ["done", "failed", "interrupted", "retrying", "running", "skipped", "waiting"];

/**
 * The board as one static page for a projector, without anything of elsewhere; while the verb runs it loads itself again. Seats keep the roster's order, so that
 * everyone finds their own; what a colour says a sign and a word say as well.
 */
export function boardPage(board: Board, now = new Date()): string {
  const { class: name, verb, started, ended, rows } = board;
  const columns = rows.length <= 8 ? 1 : rows.length <= 34 ? 2 : 3;
  const refresh = ended ? "" : `<meta http-equiv="refresh" content="${REFRESH}">`;
  const ran = elapsed(started.getTime(), (ended ?? now).getTime());
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
${refresh}
<title>${html(`${name}: ${verb}`)}</title>
<style>${style({ columns, rows: Math.ceil(rows.length / columns) })}</style>
</head>
<body>
<header>
<h1>${html(name)} <span class="verb">${html(verb)}</span></h1>
<p class="clock">${ended ? `ended ${clock(ended)}, after <b>${ran}</b>` : `since ${clock(started)}, <b>${ran}</b> · seen ${clock(now)}`}</p>
${bar(rows)}
<ul class="counts">${counts(rows)}</ul>
</header>
<main>
<ol class="seats">
${rows.map(seat).join("\n")}
</ol>
</main>
</body>
</html>
`;
}

function seat(row: BoardRow): string {
  const says = troubleOrDoing(row);
  const url = row.gatewayUrl === undefined ? "" : `<span class="url">${html(row.gatewayUrl)}</span>`;
  return `<li class="${row.phase}">${icons[row.phase]}
<div class="who"><b>${html(row.seat)}</b> <bdi>${html(row.trainee)}</bdi></div><div class="state"><span>${row.phase}</span> <span class="time">${time(row)}</span></div>
<div class="says" title="${html(says)}">${html(says)}</div>${url}</li>`;
}

/** How much of the class is how far, at a glance. */
function bar(rows: readonly BoardRow[]): string {
  const parts = phases.map((phase) => `<i class="${phase}" style="flex-grow:${countOf(rows, phase)}"></i>`);
  return `<div class="bar" aria-hidden="true">${parts.join("")}</div>`;
}

function counts(rows: readonly BoardRow[]): string {
  const there = phases.filter((phase) => phase === "done" || countOf(rows, phase) > 0);
  return there.map((phase) => `<li class="${phase}">${icons[phase]}<b>${countOf(rows, phase)}</b>${phase === "done" ? ` of ${rows.length}` : ""} ${phase}</li>`).join("");
}

function countOf(rows: readonly BoardRow[], phase: Phase): number {
  return rows.filter((row) => row.phase === phase).length;
}

/** The trainer's own time of day. */
function clock(date: Date): string {
  return `<time datetime="${date.toISOString()}">${date.toLocaleTimeString("en-GB")}</time>`;
}
