/** A failure the user can act on: what is wrong, for what, and what to do. Printed as it is, without a stack. */
export class UserError extends Error {
  override name = "UserError";
  /** What the process ends with. */
  readonly exitCode: number = 1;
}

/** The command was asked to end, by Ctrl-C or another signal, and has ended in order. */
export class Interrupted extends UserError {
  constructor(
    message: string,
    override readonly exitCode: number,
  ) {
    super(message);
  }
}

/** The disk's errors, whose text says it all: `ENOSPC: no space left on device, open 'FILE'`. */
const UNWRITABLE = ["ENOSPC", "EDQUOT", "EROFS"];

/**
 * Tells an error on standard error. A UserError (or one of the parts' own, known by its name) is printed bare. Anything else is a defect of ours, and its stack
 * is printed for a report.
 * @returns the exit code
 */
export function reportError(error: unknown): number {
  const known =
    error instanceof Error &&
    (/^(UserError|ToolchainError|SeatError|ImageError|FolderError)$/.test(error.name) ||
      UNWRITABLE.includes((error as NodeJS.ErrnoException).code ?? ""));
  process.stderr.write(known ? `\n${error.message}\n` : `\n${error instanceof Error ? error.stack : String(error)}\n`);
  return error instanceof UserError ? error.exitCode : 1;
}
