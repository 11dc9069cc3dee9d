import { setMaxListeners } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { stripVTControlCharacters } from "node:util";
import pLimit from "p-limit";
import { masked } from "../../../base/secret-mask";
import { type WriteBeside, besideTheWork } from "../../terminal/say";
import { endEngines } from "../../terminal/ending/engines";
import { BOUNDS, type Bounds } from "../../terminal/ending/in-order";
import { heedEndings } from "../../terminal/ending/signals";
import { BoardFile } from "../board/html";
import { LiveBoard } from "../board/live";
import { TerminalBoard } from "../board/terminal";
import { type Class, logFile, type Outcome, type RosterSeat } from "../model";
import { troubleOf, wholeOf } from "./outcome";

/** How the work on one seat reports to the board while it runs. */
export interface SeatLine {
  /** What the seat does now, in a few words. */
  doing(text: string): void;
  /** A line of trouble that does not end the seat. */
  trouble(text: string): void;
  /** A line of trouble after which the work retries. It shows until the next `doing`. */
  retrying(text: string): void;
  /** The URL of the seat's gateway, for readers of the board. */
  gatewayUrl(url: string): void;
  /** Text for the seat's log of this verb, e.g. an engine's output as it comes. Never a secret. */
  log(text: string): void;
}

export interface OverSeatsOptions {
  /** The verb as the board names it: `up`, `preview` … */
  readonly verb: string;
  /** Seats at the same time. */
  readonly concurrency: number;
  /** Start no further seat after a failure. @default false */
  readonly failFast?: boolean;
  /** Only these seats. @default all seats of the roster */
  readonly seats?: readonly RosterSeat[];
  /** The file of the board's HTML page. @default board.html in the class' folder */
  readonly html?: string;
  /** The stream that shows the board. @default standard error, because standard output belongs to the verb's result */
  readonly out?: NodeJS.WriteStream;
}

/** The work on one seat. Ctrl-C aborts its `signal`. */
export type Work<R> = (seat: RosterSeat, line: SeatLine, signal: AbortSignal) => Promise<R>;

/**
 * Runs `work` on every seat in the roster's order, some at a time, with the board in the terminal and as a page. Ctrl-C
 * aborts the `signal` of the running seats, waits for them and starts no other. Never throws for a seat: its error
 * becomes the outcome, and the whole of it goes to its log.
 */
export async function overSeats<R>(cls: Class, options: OverSeatsOptions, work: Work<R>): Promise<Outcome<R>[]> {
  const {
    verb,
    concurrency,
    failFast = false,
    seats = cls.roster.seats,
    html = path.join(cls.folder, "board.html"),
    out = process.stderr,
  } = options;
  const board = new LiveBoard(cls.roster.name, verb, seats);
  const terminal = new TerminalBoard(board, out);
  const say = (text: string) => terminal.say(text);
  const page = new BoardFile(board, html, say);
  const logs = besideTheWork("The seats' logs", say);
  const limit = pLimit(concurrency);
  const running = new Set<string>();
  let failed = false;

  const one = async (seat: RosterSeat, signal: AbortSignal): Promise<Outcome<R>> => {
    if (signal.aborted || (failFast && failed)) return { seat, status: "skipped", seconds: 0 };
    const log = new SeatLog(logFile(cls, seat.seat, verb), logs);
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

/**
 * A seat's log of one verb, readable only by its owner. It replaces the log of the previous run. The file exists only
 * once something is written.
 */
export class SeatLog {
  private begun = false;

  /** @param beside runs each write, so that a failed write ends no seat */
  constructor(
    private readonly file: string,
    private readonly beside: WriteBeside,
  ) {
    beside(() => fs.rmSync(file, { force: true }));
  }

  write(text: string): void {
    this.beside(() => {
      fs.appendFileSync(this.file, stripVTControlCharacters(masked(text)), { mode: 0o600 });
      this.begun = true;
    });
  }

  /** The file, if anything was written. */
  get written(): string | undefined {
    return this.begun ? this.file : undefined;
  }
}

/** Prints one sentence to the user. */
export type Say = (text: string) => void;

/**
 * Runs `work` so that Ctrl-C ends it in order. The first one aborts its signal, the second says what a third would
 * cost, the third ends the engines at once. A closed terminal counts as Ctrl-C, because nobody could see or end the
 * seats any more. Nobody can ask a second time then either, so a timeout ends the engines.
 */
async function interruptible<T>(
  say: Say,
  running: () => readonly string[],
  work: (signal: AbortSignal) => Promise<T>,
  bounds: Bounds = BOUNDS,
): Promise<T> {
  const abort = new AbortController();
  // Each running seat adds a listener.
  setMaxListeners(0, abort.signal);
  let bound: NodeJS.Timeout | undefined;
  const atOnce = (why = "") => {
    say(`Ended at once${why}: ${running().join(", ")}.`);
    endEngines();
  };
  const release = heedEndings(({ signal, heard, times }) => {
    const seats = running().join(", ");
    const time = bounds.inOrder + bounds.atOnce;
    if (signal !== "SIGINT" && seats)
      bound ??= setTimeout(() => atOnce(`, because they had not ended after ${time / 1000} s`), time);
    const heardOf = signal === "SIGINT" ? "Interrupted." : `Interrupted (${heard}).`;
    if (times === 1) {
      say(
        seats
          ? `${heardOf} These end in order after their present step: ${seats}. No other seat is started.`
          : `${heardOf} No other seat is started.`,
      );
      abort.abort();
    } else if (times === 2) {
      say(
        `Still ending: ${seats}. Press Ctrl-C once more to end them at once. What they are making then stays half-made until the next \`up\` or \`destroy\`.`,
      );
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
