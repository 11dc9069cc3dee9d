import { setMaxListeners } from "node:events";
import { endEngines } from "./engines";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What the user is told when the work is interrupted, in a sentence. */
export type Say = (text: string) => void;

/**
 * Runs `work` so that Ctrl-C ends it in order: the first aborts its signal, the second says what a third would cost, the third ends the engines at once.
 * A terminal that is closed counts as Ctrl-C: seats must not go on that nobody looks at, without anybody who could end them.
 */
export async function interruptible<T>(say: Say, running: () => readonly string[], work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  // Each seat that runs listens to it.
  setMaxListeners(0, abort.signal);
  let times = 0;
  const interrupt = () => {
    times += 1;
    const seats = running().join(", ");
    if (times === 1) {
      say(seats ? `Interrupted. Ending in order, as soon as what they are making is made: ${seats}. Nothing else is begun.` : "Interrupted. Nothing else is begun.");
      abort.abort();
    } else if (times === 2) {
      say(`Still ending: ${seats}. Ctrl-C once more ends them at once: what they are making stays half-made until \`up\` or \`destroy\` is run again, which finds it and goes on.`);
    } else {
      say(`Ended at once: ${seats}.`);
      endEngines();
    }
  };
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work(abort.signal);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
