/**
 * A failure the user can act on; its message says what is wrong and what to do. The command line prints it bare. Its stack is its message: Pulumi's
 * dynamic plugin prints both.
 */
export class SeatError extends Error {
  override name = "SeatError";

  constructor(message: string) {
    super(message);
    this.stack = message;
  }
}
