import { Listr, type ListrTask } from "listr2";
import type { Step } from "../../base/step";
import { elapsed } from "../../base/elapsed";
import { exitCodeOf, heedFirst } from "./ending/signals";
import { Interrupted, UserError } from "../../base/errors";

/** How often a running step prints its progress to a log or a pipe, where a line cannot be redrawn. */
const LOG_INTERVAL_MS = 15_000;

/** Steps that run one after the other. */
export type Track = Step[];
/**
 * Tracks that run side by side: one waits for the network while another computes. A stage begins when the previous one
 * is done.
 */
export type Stage = Track[];

/**
 * Runs the steps that are not done, each with a progress line: its place among the steps, units done of total, elapsed
 * time.
 * Ctrl-C or another signal interrupts the running steps; the next run continues from there. The first failure
 * interrupts the rest and is thrown.
 * @param out where the lines go if they cannot be redrawn
 */
export async function runSteps(stages: Stage[], out: NodeJS.WritableStream = process.stdout): Promise<void> {
  const open = await openSteps(stages);
  const total = open.flat(2).length;
  if (total === 0) return;
  const abort = new AbortController();
  const release = heedFirst((ending) =>
    abort.abort(
      new Interrupted(`Interrupted (${ending.heard}). Run the same command again to continue.`, exitCodeOf(ending)),
    ),
  );
  let number = 0;
  try {
    for (const stage of open) {
      const tasks = stage.flatMap((track) => {
        let before: Promise<unknown> = Promise.resolve();
        return track.map((step) => {
          const line = new Line(`[${(number += 1)}/${total}] ${step.title}`, out);
          let settle: (value: unknown) => void;
          const mine = new Promise((resolve) => (settle = resolve));
          const turn = before;
          before = mine;
          return stepTask(step, line, turn, abort, () => settle(undefined));
        });
      });
      await new Listr(tasks, {
        concurrent: true,
        renderer: Line.redraws ? "default" : "silent",
        rendererOptions: { collapseErrors: false, showErrorMessage: false },
        registerSignalListeners: false,
      }).run();
    }
  } catch (error) {
    throw abort.signal.aborted ? abort.signal.reason : error;
  } finally {
    release();
  }
}

async function openSteps(stages: Stage[]): Promise<Stage[]> {
  const openOf = async (track: Track) => {
    const done = await Promise.all(track.map((step) => step.isDone()));
    return track.filter((_, index) => !done[index]);
  };
  return Promise.all(stages.map((stage) => Promise.all(stage.map(openOf))));
}

/** Waits for the step's turn in the track, then runs it. A failure interrupts the steps beside it. */
function stepTask(
  step: Step,
  line: Line,
  turn: Promise<unknown>,
  abort: AbortController,
  settle: () => void,
): ListrTask {
  return {
    title: line.title,
    task: async (_, task) => {
      await turn;
      abort.signal.throwIfAborted();
      line.start((text) => (task.title = text));
      try {
        await step.run((done, total, note) => line.state(done, total, note), abort.signal);
        line.end();
        settle();
      } catch (error) {
        abort.abort(asText(error));
        throw error;
      } finally {
        line.stop();
      }
    },
  };
}

/**
 * A step's plain Error is a message for users (no registry, a full disk). Any other kind is a defect and keeps its
 * stack trace.
 */
function asText(error: unknown): unknown {
  return error instanceof Error && error.name === "Error" ? new UserError(error.message, { cause: error }) : error;
}

/** The progress line of one step: redrawn on a terminal, printed at intervals in a log. */
class Line {
  static readonly redraws = Boolean(process.stderr.isTTY && process.stdout.isTTY);
  private started = 0;
  private printed = 0;
  private text = "";
  private draw: (text: string) => void = () => undefined;
  private clock?: NodeJS.Timeout;

  constructor(
    readonly title: string,
    private readonly out: NodeJS.WritableStream,
  ) {}

  start(draw: (text: string) => void): void {
    this.started = Date.now();
    this.draw = draw;
    this.clock = setInterval(() => this.show(), Line.redraws ? 1000 : LOG_INTERVAL_MS);
    this.show(true);
  }

  state(done: number, total: number, note?: string): void {
    this.text = [total > 0 ? `${done} of ${total}` : "", note ?? ""].filter(Boolean).join(" ");
    this.show();
  }

  end(): void {
    this.text = "done";
    this.show(true);
  }

  stop(): void {
    clearInterval(this.clock);
  }

  private show(now = false): void {
    const line = `${this.title}${this.text ? `: ${this.text}` : ""} · ${elapsed(this.started)}`;
    if (Line.redraws) return this.draw(line);
    if (!now && Date.now() - this.printed < LOG_INTERVAL_MS - 100) return;
    this.printed = Date.now();
    this.out.write(`${line}\n`);
  }
}
