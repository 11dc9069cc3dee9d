/**
 * The stream for everything that is not the command's result. With `--json`, programs read standard output, so only
 * the result goes there.
 */
export function besideResult(json = false): NodeJS.WriteStream {
  return json ? process.stderr : process.stdout;
}

/** Returns a function that prints a line to the stream. */
export function saying(out: Pick<NodeJS.WriteStream, "write">): (line: string) => void {
  return (line) => void out.write(`${line}\n`);
}
