import { askToEnd } from "./signals";

/** What says that nobody reads any more: the pipe's reader is gone, or the terminal is closed. */
const UNREAD = ["EPIPE", "EIO", "ENXIO", "ECONNRESET", "ERR_STREAM_DESTROYED"];

/**
 * Keeps a failing standard output or error from ending the process in the middle. Where nobody reads it any more the run is asked to end in order: seats must not
 * go on that nobody looks at. Where it cannot be written, as on a full disk, the other of the two says so once, and the run goes on.
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
