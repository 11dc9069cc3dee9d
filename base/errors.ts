/**
 * A failure that the user can fix. The message says what is wrong, where, and what to do. It is printed without a
 * stack trace.
 */
export class UserError extends Error {
  override name = "UserError";
  /** The exit code of the process. */
  readonly exitCode: number = 1;
}

/** Ctrl-C or another signal stopped the command, and it cleaned up before it ended. */
export class Interrupted extends UserError {
  constructor(
    message: string,
    override readonly exitCode: number,
  ) {
    super(message);
  }
}

/** Disk errors whose own text is clear enough: `ENOSPC: no space left on device, open 'FILE'`. */
const UNWRITABLE = ["ENOSPC", "EDQUOT", "EROFS"];

/**
 * Prints an error on standard error. A UserError, or another known error by its name, is printed without a stack
 * trace. Anything else is our bug, so its stack trace is printed for a report.
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
