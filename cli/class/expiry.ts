import type { Roster, RosterSeat } from "./model";

/** A stack that says it is a seat of the class. */
export interface ClassStack {
  readonly name: string;
  /** What its tag says, which is what the roster said when it was last made. */
  readonly expires?: string;
  /** Whether its stack file is here; without it nobody knows where the seat is. */
  readonly hasFile: boolean;
}

export interface ExpiryPlan {
  /** Seats that are there and whose time is past. */
  readonly due: readonly RosterSeat[];
  /** Seats that are there and stay, each with the reason. */
  readonly kept: readonly { readonly seat: string; readonly why: string }[];
}

/**
 * Which seats `class expire` takes away. The roster decides for the seats it has: who was given more time there has it. A seat that left the roster is judged
 * by its tag. What has no expiry stays, and so does a seat of which nothing is there.
 */
export function expiryPlan(roster: Pick<Roster, "seats">, stacks: readonly ClassStack[], now: Date): ExpiryPlan {
  const due: RosterSeat[] = [];
  const kept: { seat: string; why: string }[] = [];
  for (const stack of stacks) {
    const listed = roster.seats.find(({ seat }) => seat === stack.name);
    const seat = listed ?? leftSeat(stack);
    const left = listed === undefined ? "left the roster; " : "";
    if (seat.expires === undefined) kept.push({ seat: seat.seat, why: `${left}has no expiry` });
    else if (seat.expires > now) kept.push({ seat: seat.seat, why: `${left}until ${seat.expires.toISOString()}` });
    else if (listed === undefined && !stack.hasFile) kept.push({ seat: seat.seat, why: `${left}past, but its Pulumi.${seat.seat}.yaml is not here: nobody knows where the seat is` });
    else due.push(seat);
  }
  return { due, kept };
}

/** A seat that the roster no longer has, by what its stack says. A tag that is no time is none. */
function leftSeat({ name, expires }: ClassStack): RosterSeat {
  const time = expires === undefined ? undefined : new Date(expires);
  const isTime = time !== undefined && !Number.isNaN(time.getTime());
  return { seat: name, trainee: "(left the roster)", ...(isTime && { expires: time }), config: {}, at: "no line of the roster" };
}
