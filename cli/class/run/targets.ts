import type { Target } from "../../../config";
import type { Class } from "../class";
import { seatConfig } from "../roster/seat-file";

/** The targets of a class, each once, as its stack files will say them. A valid roster has valid ones. */
export function targetsOf({ roster }: Pick<Class, "roster">): Target[] {
  return [...new Set(roster.seats.map((seat) => seatConfig(roster, seat).target as Target))];
}
