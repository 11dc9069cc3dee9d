import { canonical, naturally } from "../../drift/fields";
import { type Change, inOrder } from "../../preview/changes";
import type { Group } from "../model";

/** Each seat's changes. */
export type BySeat = ReadonlyMap<string, readonly Change[]>;

/** Groups seats with equal changes, the largest group first. The order of seats and changes does not matter. */
export function fold(seats: BySeat): Group[] {
  const groups = new Map<string, { seats: string[]; changes: readonly Change[] }>();
  for (const [seat, unordered] of seats) {
    const changes = inOrder(unordered);
    const key = canonical(changes);
    const group = groups.get(key) ?? { seats: [], changes };
    group.seats.push(seat);
    groups.set(key, group);
  }
  for (const group of groups.values()) group.seats.sort(naturally);
  return [...groups.values()].sort((a, b) => b.seats.length - a.seats.length || naturally(a.seats[0]!, b.seats[0]!));
}

/** The reverse: each seat's changes, from the groups. */
export function expand(groups: readonly Group[]): Map<string, readonly Change[]> {
  return new Map(groups.flatMap(({ seats, changes }) => seats.map((seat) => [seat, changes] as const)));
}
