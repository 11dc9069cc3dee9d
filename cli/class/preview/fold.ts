import type { Change, Group } from "../model";
import { canonical, naturally } from "./canonical";

/** What would change, seat by seat. */
export type BySeat = ReadonlyMap<string, readonly Change[]>;

/** Seats with exactly the same changes together, the largest group first. It does not matter in which order seats and changes come. */
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

/** The other way: what each seat of the groups has. */
export function expand(groups: readonly Group[]): Map<string, readonly Change[]> {
  return new Map(groups.flatMap(({ seats, changes }) => seats.map((seat) => [seat, changes] as const)));
}

/** By object, and the fields of each by their paths: what can be told of a list whose order nobody can rely on. */
export function inOrder(changes: readonly Change[]): Change[] {
  const sorted = changes.map((change) => ({ ...change, fields: [...change.fields].sort((a, b) => by(a.path, b.path) || by(canonical(a), canonical(b))) }));
  return sorted.sort((a, b) => by(a.object, b.object) || by(a.op, b.op) || by(canonical(a), canonical(b)));
}

/** `naturally` calls some texts equal that are not. */
function by(a: string, b: string): number {
  return naturally(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
