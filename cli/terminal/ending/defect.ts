import { reportError } from "../../../base/errors";
import { endEnginesInOrder, interruptEngines } from "./engines";
import { askToEnd } from "./signals";

const say = (text: string) => void process.stderr.write(`${text}\n`);

/** Ends the process with what a command threw, and the engines that still run before it. */
export async function endWith(error: unknown): Promise<never> {
  const code = reportError(error);
  await endEnginesInOrder("the run cannot go on", say);
  process.exit(code);
}

/**
 * An error that nobody catches is a defect of ours. It is told, and what runs is ended in order. Engines lead sessions of their own, and would otherwise go on
 * with nobody to watch them.
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
  // Whatever ends the process: an engine that was interrupted ends in order by itself.
  process.on("exit", interruptEngines);
}
