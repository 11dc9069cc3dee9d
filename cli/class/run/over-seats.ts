import { setMaxListeners } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { stripVTControlCharacters } from "node:util";
import pLimit from "p-limit";
import { masked } from "../../../base/secret-mask";
import { type Beside, besideTheWork } from "../../terminal/ending/beside";
import { endEngines } from "../../terminal/ending/engines";
import { BOUNDS, type Bounds } from "../../terminal/ending/in-order";
import { heedEndings } from "../../terminal/ending/signals";
import { BoardFile } from "../board/html";
import { LiveBoard } from "../board/live";
import { TerminalBoard } from "../board/terminal";
import { type Class, logFile } from "../class";
import type { Outcome, RosterSeat } from "../model";
import { troubleOf, wholeOf } from "./outcome";

/** What the work on one seat tells the board while it runs. */
export interface SeatLine {
  /** What it does now, in a few words. */
  doing(text: string): void;
  /** A line of trouble that does not end it. */
  trouble(text: string): void;
  /** A line of trouble after which it tries again, from the next thing it does. */
  retrying(text: string): void;
  /** Where the seat's gateway is, for those who look at the board. */
  gatewayUrl(url: string): void;
  /** Text for the seat's log of this verb, e.g. an engine's output as it comes. Never a secret. */
  log(text: string): void;
}

export interface OverSeatsOptions {
  /** For the board: `up`, `preview` … */
  readonly verb: string;
  /** Seats at the same time. */
  readonly concurrency: number;
  /** Begin no further seat after a failure. @default false: the others go on */
  readonly failFast?: boolean;
  /** Only these; all of the roster if not given. */
  readonly seats?: readonly RosterSeat[];
  /** Where the board is kept as a page. @default board.html in the class' folder */
  readonly html?: string;
  /** Where the board is shown. @default standard error: standard output belongs to what the verb prints */
  readonly out?: NodeJS.WriteStream;
}

/** The work on one seat. Its `signal` is aborted by Ctrl-C. */
export type Work<R> = (seat: RosterSeat, line: SeatLine, signal: AbortSignal) => Promise<R>;

/**
 * Does the same on every seat, some at a time, in the roster's order, with the board in the terminal and as a page. Ctrl-C aborts the `signal` of those that
 * run, waits for them, and begins no other. Never throws for a seat: what one threw is its outcome, and wholly in its log.
 */
export async function overSeats<R>(of: Class, options: OverSeatsOptions, work: Work<R>): Promise<Outcome<R>[]> {
  const { verb, concurrency, failFast = false, seats = of.roster.seats, html = path.join(of.folder, "board.html"), out = process.stderr } = options;
  const board = new LiveBoard(of.roster.name, verb, seats);
  const terminal = new TerminalBoard(board, out);
  const say = (text: string) => terminal.say(text);
  const page = new BoardFile(board, html, say);
  const logs = besideTheWork("The seats' logs", say);
  const limit = pLimit(concurrency);
  const running = new Set<string>();
  let failed = false;

  const one = async (seat: RosterSeat, signal: AbortSignal): Promise<Outcome<R>> => {
    if (signal.aborted || (failFast && failed)) return { seat, status: "skipped", seconds: 0 };
    const log = new SeatLog(logFile(of, seat.seat, verb), logs);
    const started = Date.now();
    const seconds = () => (Date.now() - started) / 1000;
    running.add(seat.seat);
    board.begin(seat);
    try {
      return { seat, status: "done", result: await work(seat, lineOf(board, seat, log), signal), seconds: seconds() };
    } catch (error) {
      log.write(wholeOf(error));
      if (signal.aborted) return { seat, status: "interrupted", seconds: seconds() };
      failed = true;
      return { seat, status: "failed", trouble: troubleOf(error), log: log.written, seconds: seconds() };
    } finally {
      running.delete(seat.seat);
    }
  };

  try {
    return await interruptible(
      say,
      () => [...running],
      (signal) =>
        Promise.all(
          seats.map((seat) =>
            limit(async () => {
              const outcome = await one(seat, signal);
              board.end(outcome);
              return outcome;
            }),
          ),
        ),
    );
  } finally {
    board.close();
    terminal.end();
    page.end();
  }
}

function lineOf(board: LiveBoard, seat: RosterSeat, log: SeatLog): SeatLine {
  return {
    doing: (text) => board.doing(seat, text),
    trouble: (text) => board.trouble(seat, text),
    retrying: (text) => board.retrying(seat, text),
    gatewayUrl: (url) => board.gatewayUrl(seat, url),
    log: (text) => log.write(text),
  };
}

/** A seat's log of one verb, for its owner alone. The one of the time before goes; there is none as long as nothing is written. */
export class SeatLog {
  private begun = false;

  /** @param beside what writes it: a log that cannot be written ends no seat */
  constructor(
    private readonly file: string,
    private readonly beside: Beside,
  ) {
    beside(() => fs.rmSync(file, { force: true }));
  }

  write(text: string): void {
    this.beside(() => {
      fs.appendFileSync(this.file, stripVTControlCharacters(masked(text)), { mode: 0o600 });
      this.begun = true;
    });
  }

  /** The file, where there is anything in it. */
  get written(): string | undefined {
    return this.begun ? this.file : undefined;
  }
}

/** What the user is told when the work is interrupted, in a sentence. */
export type Say = (text: string) => void;

/**
 * Runs `work` so that Ctrl-C ends it in order: the first aborts its signal, the second says what a third would cost, the third ends the engines at once.
 * A terminal that is closed counts as Ctrl-C: seats must not go on that nobody looks at, without anybody who could end them. Nobody is there either for a second
 * request where it was no Ctrl-C: the engines have a bound then.
 */
async function interruptible<T>(say: Say, running: () => readonly string[], work: (signal: AbortSignal) => Promise<T>, bounds: Bounds = BOUNDS): Promise<T> {
  const abort = new AbortController();
  // Each seat that runs listens to it.
  setMaxListeners(0, abort.signal);
  let bound: NodeJS.Timeout | undefined;
  const atOnce = (why = "") => {
    say(`Ended at once${why}: ${running().join(", ")}.`);
    endEngines();
  };
  const release = heedEndings(({ signal, heard, times }) => {
    const seats = running().join(", ");
    const time = bounds.inOrder + bounds.atOnce;
    if (signal !== "SIGINT" && seats) bound ??= setTimeout(() => atOnce(`, because they had not ended after ${time / 1000} s`), time);
    const heardOf = signal === "SIGINT" ? "Interrupted." : `Interrupted (${heard}).`;
    if (times === 1) {
      say(seats ? `${heardOf} Ending in order, as soon as what they are making is made: ${seats}. Nothing else is begun.` : `${heardOf} Nothing else is begun.`);
      abort.abort();
    } else if (times === 2) {
      say(`Still ending: ${seats}. Ctrl-C once more ends them at once: what they are making stays half-made until \`up\` or \`destroy\` is run again, which finds it and goes on.`);
    } else {
      atOnce();
    }
  });
  try {
    return await work(abort.signal);
  } finally {
    clearTimeout(bound);
    release();
  }
}
