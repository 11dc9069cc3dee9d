import type { Target } from "../../../config";
import type { Class } from "../class";
import type { RosterSeat } from "../model";
import { seatConfig } from "../roster/seat-file";

/** The target of a seat, as its stack file will say it. A valid roster has a valid one. */
export function targetOfSeat({ roster }: Pick<Class, "roster">, seat: RosterSeat): Target {
  return seatConfig(roster, seat).target as Target;
}

/** The targets of a class, each once. */
export function targetsOf(of: Pick<Class, "roster">): Target[] {
  return [...new Set(of.roster.seats.map((seat) => targetOfSeat(of, seat)))];
}
