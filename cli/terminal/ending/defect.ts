import { reportError } from "../../../base/errors";
import { endEnginesInOrder, interruptEngines } from "./engines";
import { askToEnd } from "./signals";

const say = (text: string) => void process.stderr.write(`${text}\n`);

/** Reports a command's error, ends the engines that still run, and exits. */
export async function endWith(error: unknown): Promise<never> {
  const code = reportError(error);
  await endEnginesInOrder("the run cannot go on", say);
  process.exit(code);
}

/**
 * Handles errors that nobody catches, which are our defects: reports the first and ends what runs in order. Engines
 * lead sessions of their own and would otherwise continue unwatched.
 */
export function guardDefects(): void {
  let isTold = false;
  const defect = (error: unknown) => {
    if (isTold) return;
    isTold = true;
    const code = reportError(error);
    process.on("exit", () => void (process.exitCode = code));
    askToEnd("SIGTERM", "an error that nobody caught");
  };
  process.on("uncaughtException", defect);
  process.on("unhandledRejection", defect);
  // Runs at every exit: an interrupted engine ends in order by itself.
  process.on("exit", interruptEngines);
}
