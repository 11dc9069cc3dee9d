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

/** Runs `write` and continues if it fails. */
export type WriteBeside = (write: () => void) => void;

/**
 * For side outputs such as pictures and logs. A full disk must not cost a seat: the first failure is reported, and the
 * work continues. Later writes are still tried.
 * @param what for a message: `The board FILE`
 */
export function besideTheWork(what: string, say: (text: string) => void): WriteBeside {
  let isTold = false;
  return (write) => {
    try {
      write();
    } catch (error) {
      if (!isTold) say(`${what} cannot be written: ${(error as Error).message}. The run continues without it.`);
      isTold = true;
    }
  };
}
