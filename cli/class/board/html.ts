import * as fs from "node:fs";
import * as path from "node:path";
import { elapsed } from "../../../base/elapsed";
import { writeWhole } from "../../../base/files";
import { type WriteBeside, besideTheWork } from "../../terminal/say";
import { light } from "../../topology/palette";
import { html } from "../markup";
import type { Board, BoardRow, Phase } from "../model";
import { time, troubleOrDoing } from "./terminal";
import type { LiveBoard } from "./live";
import { tasksHtml } from "./tasks";

/** A page reloads itself after this many seconds while its verb runs. */
const REFRESH = 3;
/** The order in the bar, from done to not started. */
const phases: readonly Phase[] = ["done", "failed", "interrupted", "retrying", "running", "skipped", "waiting"];

/**
 * The board as one static page for a projector. It loads nothing from elsewhere, and reloads itself while the verb
 * runs. Seats keep the roster's order, so that everyone finds their own. Each colour comes with a sign and a word, for
 * readers who do not see colours.
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
${rows.map((row) => seat(row, now)).join("\n")}
</ol>
</main>
</body>
</html>
`;
}

function seat(row: BoardRow, now: Date): string {
  const says = troubleOrDoing(row);
  const url = row.gatewayUrl === undefined ? "" : `<span class="url">${html(row.gatewayUrl)}</span>`;
  return `<li class="${row.phase}">${icons[row.phase]}
<div class="who"><b>${html(row.seat)}</b> <bdi>${html(row.trainee)}</bdi></div><div class="state"><span>${row.phase}</span> <span class="time">${time(row)}</span></div>
<div class="says" title="${html(says)}">${tasksHtml(row, now)}${html(says)}</div>${url}</li>`;
}

/** A bar with the number of seats in each phase. */
function bar(rows: readonly BoardRow[]): string {
  const parts = phases.map((phase) => `<i class="${phase}" style="flex-grow:${countOf(rows, phase)}"></i>`);
  return `<div class="bar" aria-hidden="true">${parts.join("")}</div>`;
}

function counts(rows: readonly BoardRow[]): string {
  const there = phases.filter((phase) => phase === "done" || countOf(rows, phase) > 0);
  return there
    .map(
      (phase) =>
        `<li class="${phase}">${icons[phase]}<b>${countOf(rows, phase)}</b>${phase === "done" ? ` of ${rows.length}` : ""} ${phase}</li>`,
    )
    .join("");
}

function countOf(rows: readonly BoardRow[], phase: Phase): number {
  return rows.filter((row) => row.phase === phase).length;
}

/** The time of day in the trainer's time zone. */
function clock(date: Date): string {
  return `<time datetime="${date.toISOString()}">${date.toLocaleTimeString("en-GB")}</time>`;
}

/** A drawn sign for each phase, because a font may lack it and colour alone is not accessible. */
const icons: Readonly<Record<Phase, string>> = {
  waiting: icon('<circle cx="10" cy="10" r="7" class="line thin"/>'),
  running: icon('<circle cx="10" cy="10" r="9" class="fill"/><path d="M7.6 5.8 15 10 7.6 14.2Z" class="on"/>'),
  retrying: icon('<path d="M16.6 10a6.6 6.6 0 1 1-2.2-4.9" class="line"/><path d="M17.6 1.6V7.4H11.8Z" class="fill"/>'),
  done: icon('<circle cx="10" cy="10" r="9" class="fill"/><path d="M5.6 10.4 8.8 13.5 14.6 7" class="line on-line"/>'),
  failed: icon(
    '<circle cx="10" cy="10" r="9" class="fill"/><path d="M6.5 6.5 13.5 13.5M13.5 6.5 6.5 13.5" class="line on-line"/>',
  ),
  interrupted: icon(
    '<circle cx="10" cy="10" r="9" class="fill"/><path d="M7.2 6.2V13.8M12.8 6.2V13.8" class="line on-line"/>',
  ),
  skipped: icon('<circle cx="10" cy="10" r="7" class="line thin"/><path d="M6.5 10H13.5" class="line thin"/>'),
};

function icon(drawn: string): string {
  return `<svg viewBox="0 0 20 20" aria-hidden="true">${drawn}</svg>`;
}

/** The height of the page's head and margins in px. */
const HEAD = 172;
const LOW_HEAD = 132;

/** The board's style. It fits all rows on one screen where they stay readable, as large as possible. */
function style({ columns, rows }: { columns: number; rows: number }): string {
  const { page, line, text, muted, flow, track, onGood: good, onCareful: careful, bad } = light;
  return `
:root{--row:clamp(40px,calc((100vh - ${HEAD}px)/${rows}),92px)}
*{box-sizing:border-box}
html{background:${page};color:${text};font:16px/1.25 system-ui,"Segoe UI","Helvetica Neue",Arial,"Noto Sans","DejaVu Sans",sans-serif}
body{margin:0;padding:22px 32px 16px}
header{display:grid;grid-template-columns:1fr auto;gap:8px 24px;align-items:baseline;margin-bottom:14px}
h1{margin:0;font-size:38px;font-weight:700;letter-spacing:-.01em;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.verb{color:${flow};font-weight:400}
.clock{margin:0;font-size:20px;color:${muted};text-align:right}
.clock b{color:${text};font-weight:600}
.bar{grid-column:1/-1;display:flex;gap:2px;height:10px;border-radius:5px;overflow:hidden;background:${track}}
.bar i{flex-basis:0;background:var(--phase)}
.bar i[style="flex-grow:0"]{display:none}
.counts{grid-column:1/-1;display:flex;flex-wrap:wrap;gap:4px 28px;margin:0;padding:0;list-style:none;font-size:20px;color:${muted}}
.counts b{color:${text};font-size:24px}
.counts svg{width:20px;height:20px;margin-right:8px;vertical-align:-3px}
.done{--phase:${good}}.failed{--phase:${bad}}.interrupted{--phase:${careful}}.retrying{--phase:${careful}}.running{--phase:${flow}}.skipped{--phase:${muted}}.waiting{--phase:${line}}
.bar .waiting{--phase:${track}}
svg .fill{fill:var(--phase)}svg .on{fill:${page}}
svg .line{fill:none;stroke:var(--phase);stroke-width:2.6;stroke-linecap:round;stroke-linejoin:round}svg .thin{stroke-width:2}svg .on-line{stroke:${page}}
.seats{display:grid;grid-auto-flow:column;grid-template-columns:repeat(${columns},minmax(0,1fr));grid-template-rows:repeat(${rows},var(--row));column-gap:40px;margin:0;padding:0;list-style:none;border-top:1px solid ${line}}
.seats li{display:grid;grid-template-columns:calc(var(--row)*.42) minmax(0,1fr) auto;column-gap:calc(var(--row)*.22);align-content:center;align-items:baseline;border-bottom:1px solid ${line};padding:0 10px 0 8px;overflow:hidden}
.seats .failed{background:#fdeeec;box-shadow:inset 5px 0 ${bad}}
.seats .retrying,.seats .interrupted{background:#fff8e9}
.seats svg{grid-row:1/3;width:calc(var(--row)*.42);height:calc(var(--row)*.42);align-self:center}
.who,.says,.url{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.who{font-size:calc(var(--row)*.38)}
.who b{margin-right:.5em}
.state{font-size:calc(var(--row)*.34);white-space:nowrap;text-align:right;color:var(--phase);font-weight:600}
.state .time{color:${text};font-weight:400;font-variant-numeric:tabular-nums}
.waiting .state,.skipped .state,.waiting .who,.skipped .who{color:${muted}}
.says,.url{font-size:max(12.5px,calc(var(--row)*.25));color:${muted}}
.failed .says,.retrying .says,.interrupted .says{color:${text};grid-column:2/4}
.failed .url,.retrying .url{display:none}
.tasks{color:${text};margin-right:.6em;font-size:min(1em,15px)}
.tasks>span{margin-right:.35em}
.tasks i{display:inline-block;width:.62em;height:.62em;margin-right:.12em;border:1px solid ${muted};border-radius:2px}
.tasks i.done{background:${good};border-color:${good}}
.tasks i.unknown{border-style:dashed}
.url{grid-column:3;color:${flow};text-align:right;font-size:clamp(12.5px,calc(var(--row)*.25),17px)}
@media (max-height:820px){:root{--row:clamp(40px,calc((100vh - ${LOW_HEAD}px)/${rows}),92px)}body{padding:14px 20px 10px}header{gap:5px 20px;margin-bottom:10px}h1{font-size:28px}.clock,.counts{font-size:16px}.counts b{font-size:18px}.counts svg{width:16px;height:16px}.seats{column-gap:24px}}
@media (max-width:820px){.seats{display:block}.seats li{height:56px;--row:56px}.clock{grid-column:1/-1;text-align:left}}
@media print{body{padding:0}.seats .failed{background:none}}
`.trim();
}

/** The delay between a change and the write, because thirty seats change many times a second. */
const SOON_MS = 500;
/** The page is rewritten after this time without changes, so that its clocks move. */
const OLD_MS = 5000;

/** Keeps the board's page up to date while a verb runs. Each write is atomic. A failed write does not stop the verb. */
export class BoardFile {
  private soon?: NodeJS.Timeout;
  private readonly clock: NodeJS.Timeout;
  private readonly beside: WriteBeside;

  constructor(
    private readonly board: LiveBoard,
    private readonly file: string,
    say: (text: string) => void,
  ) {
    this.beside = besideTheWork(`The board ${file}`, say);
    this.beside(() => fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true }));
    board.watch(() => (this.soon ??= setTimeout(() => this.write(), SOON_MS)));
    this.clock = setInterval(() => this.write(), OLD_MS).unref();
    this.write();
  }

  end(): void {
    clearInterval(this.clock);
    this.write();
  }

  private write(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    this.beside(() => writeWhole(this.file, boardPage(this.board.snapshot())));
  }
}
