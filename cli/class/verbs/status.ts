import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { quote } from "../../../base/quote";
import { besideTheWork } from "../../terminal/say";
import { heedFirst } from "../../terminal/ending/signals";
import { UserError } from "../../../base/errors";
import { writeWhole } from "../../../base/files";
import { requireFolder, writeAsked } from "../../terminal/output-file";
import { boardPage } from "../board/html";
import { boardLines } from "../board/terminal";
import { openClass } from "../open";
import { type ClassOptions, concurrencyOf, type TableOptions } from "../run/options";
import { isUp, statusBoard, statusJson, statusJunit, statusOfClass } from "../status";
import { tasksCsv } from "../board/tasks";

export interface StatusOptions extends ClassOptions, TableOptions {
  /** True without a number of seconds. */
  watch?: true | string;
  csv?: string;
}

/** Seconds between two readings. */
const WATCH = 15;
/** The size where no terminal gives one, so that everything is shown. */
const PAPER = { columns: 200, rows: 1000 };

/** `class status`: shows which seats exist, and how they are. */
export async function status(options: StatusOptions): Promise<void> {
  const cls = openClass(options, "any");
  const seconds = intervalOf(options.watch);
  if (options.csv !== undefined) requireFolder("--csv", options.csv);
  if (!cls.workspace.engine)
    throw new UserError(
      `Class ${cls.roster.name} has no seats: the Pulumi engine is not installed yet. \`npm run class -- up --roster ${quote(cls.roster.file)}\` installs it and makes the seats.`,
    );
  const html = options.html ?? path.join(cls.folder, "board.html");
  const keep = besideTheWork(`The board ${html}`, (text) => process.stderr.write(`${text}\n`));
  const stop = new AbortController();
  if (seconds !== undefined) heedFirst(() => stop.abort());
  for (;;) {
    const found = await statusOfClass(cls, concurrencyOf(cls, undefined));
    const board = statusBoard(found, seconds !== undefined && !stop.signal.aborted);
    keep(() => writeWhole(html, boardPage(board)));
    const { isTTY, columns = PAPER.columns, rows = PAPER.rows } = process.stdout;
    if (seconds !== undefined && isTTY && !options.json) process.stdout.write("\u001b[H\u001b[2J");
    process.stdout.write(
      options.json
        ? statusJson(found)
        : `${boardLines(board, seconds !== undefined && isTTY ? { columns, rows } : { ...PAPER, columns }).join("\n")}\n`,
    );
    process.exitCode = isUp(found) ? 0 : 1;
    if (options.junit !== undefined) writeAsked("--junit", options.junit, statusJunit(found));
    if (options.csv !== undefined) writeAsked("--csv", options.csv, tasksCsv(found));
    if (seconds === undefined || stop.signal.aborted) return;
    await sleep(seconds * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
  }
}

/** Undefined for a single reading. @throws UserError */
function intervalOf(watch: StatusOptions["watch"]): number | undefined {
  if (watch === undefined) return undefined;
  if (watch === true) return WATCH;
  if (/^[1-9]\d{0,3}$/.test(watch)) return Number(watch);
  throw new UserError(`--watch ${watch}: the seconds between two looks must be a whole number from 1 to 9999.`);
}
