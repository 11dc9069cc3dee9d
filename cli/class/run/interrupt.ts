import { setMaxListeners } from "node:events";
import { endEngines } from "../../terminal/ending/engines";
import { BOUNDS, type Bounds } from "../../terminal/ending/in-order";
import { heedEndings } from "../../terminal/ending/signals";

/** What the user is told when the work is interrupted, in a sentence. */
export type Say = (text: string) => void;

/**
 * Runs `work` so that Ctrl-C ends it in order: the first aborts its signal, the second says what a third would cost, the third ends the engines at once.
 * A terminal that is closed counts as Ctrl-C: seats must not go on that nobody looks at, without anybody who could end them. Nobody is there either for a second
 * request where it was no Ctrl-C: the engines have a bound then.
 */
export async function interruptible<T>(say: Say, running: () => readonly string[], work: (signal: AbortSignal) => Promise<T>, bounds: Bounds = BOUNDS): Promise<T> {
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
