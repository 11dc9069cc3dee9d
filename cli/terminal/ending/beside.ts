/** Runs `write`, and goes on where it fails. */
export type Beside = (write: () => void) => void;

/**
 * For what is written beside the work: pictures and logs. Nobody loses a seat because a disk is full: that it cannot be written is said once, and the work goes on.
 * Later writes are tried all the same.
 * @param what for a message: `The board FILE`
 */
export function besideTheWork(what: string, say: (text: string) => void): Beside {
  let isTold = false;
  return (write) => {
    try {
      write();
    } catch (error) {
      if (!isTold) say(`${what} cannot be written: ${(error as Error).message}. The run goes on without it.`);
      isTold = true;
    }
  };
}
