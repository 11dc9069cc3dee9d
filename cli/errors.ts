/** A failure the user can act on: what is wrong, for what, and what to do. Printed as it is, without a stack. */
export class UserError extends Error {
  override name = "UserError";
}

/**
 * Ends the process with exit code 1 and the message. A UserError (or one of the parts' own, known by its name) is
 * printed bare; anything else is a defect of ours, printed with its stack so that it can be reported.
 */
export function reportAndExit(error: unknown): never {
  const known = error instanceof Error && /^(UserError|ToolchainError|SeatError|ImageError|FolderError)$/.test(error.name);
  process.stderr.write(known ? `\n${(error as Error).message}\n` : `\n${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
