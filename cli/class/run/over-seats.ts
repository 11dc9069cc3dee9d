import * as path from "node:path";
import pLimit from "p-limit";
import { LiveBoard } from "../board/live";
import { BoardFile } from "../board/page";
import { TerminalBoard } from "../board/terminal";
import { besideTheWork } from "../../terminal/ending/beside";
import { logFile, type Class } from "../class";
import type { Outcome, RosterSeat } from "../model";
import { interruptible } from "./interrupt";
import { SeatLog } from "./seat-log";
import { troubleOf, wholeOf } from "./trouble";

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
