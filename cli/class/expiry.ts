import type { Roster, RosterSeat } from "./model";

/** A stack that is marked as a seat of the class. */
export interface ClassStack {
  readonly name: string;
  /** The expiry in its tag, which is the roster's at its last `up`. */
  readonly expires?: string;
  /** Whether its stack file is here. Only the file tells where the seat is. */
  readonly hasFile: boolean;
}

export interface ExpiryPlan {
  /** Existing seats whose time is over. */
  readonly due: readonly RosterSeat[];
  /** Existing seats that stay, each with the reason. */
  readonly kept: readonly { readonly seat: string; readonly why: string }[];
}

/**
 * Decides which seats `class expire` destroys. For seats of the roster, the roster's expiry counts, so extensions take
 * effect. For a seat that left the roster, its tag counts. Seats without expiry stay; seats that do not exist are
 * skipped.
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
    else if (listed === undefined && !stack.hasFile)
      kept.push({
        seat: seat.seat,
        why: `${left}past, but its Pulumi.${seat.seat}.yaml is not here: nobody knows where the seat is`,
      });
    else due.push(seat);
  }
  return { due, kept };
}

/** A seat that left the roster, by its stack's tags. An invalid time counts as none. */
function leftSeat({ name, expires }: ClassStack): RosterSeat {
  const time = expires === undefined ? undefined : new Date(expires);
  const isTime = time !== undefined && !Number.isNaN(time.getTime());
  return {
    seat: name,
    trainee: "(left the roster)",
    ...(isTime && { expires: time }),
    config: {},
    at: "no line of the roster",
  };
}
