/**
 * A failure that the user can fix; the message says what is wrong and what to do. The command line prints only the
 * message. The stack equals the message, because Pulumi's dynamic plugin prints both.
 */
export class SeatError extends Error {
  override name = "SeatError";

  constructor(message: string) {
    super(message);
    this.stack = message;
  }
}
