/** A failure the user can act on; its message says what is wrong and what to do. The command line prints it bare. */
export class SeatError extends Error {
  override name = "SeatError";
}
