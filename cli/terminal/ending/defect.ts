import { reportError } from "../../../base/errors";
import { endEnginesInOrder, interruptEngines } from "./engines";
import { askToEnd } from "./signals";

const say = (text: string) => void process.stderr.write(`${text}\n`);

/** Reports a command's error, ends the engines that still run, and exits. */
export async function endWith(error: unknown): Promise<never> {
  const code = reportError(error);
  await endEnginesInOrder("the run cannot continue", say);
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

/** Error codes of an output without a reader: the pipe's reader is gone, or the terminal is closed. */
const UNREAD = ["EPIPE", "EIO", "ENXIO", "ECONNRESET", "ERR_STREAM_DESTROYED"];

/**
 * Keeps a failing standard output or error from ending the process midway. If it has no reader any more, the run is
 * asked to end in order: nobody would watch its seats.
 * If it cannot be written, as on a full disk, the other stream reports that once, and the run continues.
 */
export function guardOutput(): void {
  guard(process.stdout, "Standard output", process.stderr);
  guard(process.stderr, "Standard error", process.stdout);
}

function guard(stream: NodeJS.WriteStream, name: string, other: NodeJS.WriteStream): void {
  let isTold = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (isTold) return;
    isTold = true;
    if (UNREAD.includes(error.code ?? "")) askToEnd("SIGPIPE", `the reader of ${name.toLowerCase()} is gone`);
    else other.write(`${name} cannot be written: ${error.message}. The run continues without it.\n`);
  });
}
