import { askToEnd } from "./signals";

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
    if (UNREAD.includes(error.code ?? "")) askToEnd("SIGPIPE", `nobody reads ${name.toLowerCase()} any more`);
    else other.write(`${name} cannot be written: ${error.message}. The run goes on without it.\n`);
  });
}
