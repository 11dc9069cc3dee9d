import type { WriteStream } from "node:tty";
import { liveLines } from "./text";
import type { Progress } from "./traffic";

/** Shows running traffic: a terminal gets lines that are redrawn, other outputs get a line now and then. */
export interface Display {
  /** Milliseconds between two calls of `show`. */
  readonly every: number;
  show(soFar: Progress): void;
  /** Removes the redrawn lines, because the summary replaces them. */
  end(): void;
}

export function display(out: NodeJS.WriteStream, duration: number): Display {
  return out.isTTY ? redrawn(out, duration) : logged(out, duration);
}

function redrawn(out: WriteStream, duration: number): Display {
  let drawn = 0;
  const clear = () => {
    if (drawn > 0) out.write(`\x1b[${drawn}A\x1b[J`);
    drawn = 0;
  };
  return {
    every: 500,
    show(soFar) {
      clear();
      // A wrapped line would count as two when the lines are redrawn. Some terminals do not report their width.
      const width = (out.columns || 80) - 1;
      const lines = liveLines(soFar, duration).map((line, index) => `${index > 0 ? "  " : ""}${line}`.slice(0, width));
      out.write(`${lines.join("\n")}\n`);
      drawn = lines.length;
    },
    end: clear,
  };
}

function logged(out: NodeJS.WriteStream, duration: number): Display {
  return {
    every: 5000,
    show: (soFar) => void out.write(`${liveLines(soFar, duration).join(" · ")}\n`),
    end: () => undefined,
  };
}
