import { shownName } from "../../../base/names";
import type { Target } from "../../../config";
import { stackNameProblem } from "../../stack/stack";
import type { Roster, RosterSeat } from "../model";
import type { Problems } from "./problems";

/** Whether a seat's name could be a stack's at all: only then is its file looked at. */
export function isStackName({ seat }: RosterSeat): boolean {
  return stackNameProblem(seat, undefined) === undefined;
}

/** A seat's name by its target's rules, and each name once: names that differ in case alone would be one file on some disks, and one profile or host name. */
export function checkNames(roster: Roster, targetOf: (seat: RosterSeat) => Target | undefined, problems: Problems): void {
  const before = new Map<string, RosterSeat>();
  for (const seat of roster.seats.filter(({ seat }) => seat !== "")) {
    const problem = stackNameProblem(seat.seat, targetOf(seat));
    if (problem !== undefined) problems.tell(seat.at, `seat ${shownName(seat.seat)}: ${problem}`);
    if (seat.seat === roster.from) problems.tell(seat.at, `seat ${seat.seat}: that is the stack new seats begin with; name the seat otherwise, such as ${seat.seat}-01`);
    const same = before.get(seat.seat.toLowerCase());
    if (same === undefined) before.set(seat.seat.toLowerCase(), seat);
    else problems.tell(seat.at, `seat ${seat.seat}: ${same.at} has it already${same.seat === seat.seat ? "" : `, as ${same.seat}`}; each seat has a name of its own`);
  }
}
