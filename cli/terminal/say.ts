/** Where a command says what is not its result. With `--json` programs read standard output, which gets the result alone. */
export function besideResult(json = false): NodeJS.WriteStream {
  return json ? process.stderr : process.stdout;
}

/** Says a line there. */
export function saying(out: Pick<NodeJS.WriteStream, "write">): (line: string) => void {
  return (line) => void out.write(`${line}\n`);
}
