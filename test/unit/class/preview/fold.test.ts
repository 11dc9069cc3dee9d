import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonical } from "../../../../cli/drift/fields";
import { expand, fold, type BySeat } from "../../../../cli/class/preview/fold";
import { type Change, inOrder } from "../../../../cli/preview/changes";

const value = fc.oneof(
  fc.integer({ min: 0, max: 100 }),
  fc.constantFrom("STRICT", "PERMISSIVE", "", "ünïcode"),
  fc.constant(undefined),
  fc.record({ b: fc.integer(), a: fc.boolean() }),
);
const field = fc.record({
  path: fc.constantFrom(
    "spec.replicas",
    "spec.http[*].route[reviews v1].weight",
    "spec.http[*].route[reviews v10].weight",
    "data.x",
  ),
  before: value,
  after: value,
});
const change: fc.Arbitrary<Change> = fc
  .record({
    op: fc.constantFrom("create" as const, "update" as const, "delete" as const, "replace" as const),
    kind: fc.constantFrom("VirtualService", "Deployment"),
    name: fc.constantFrom("default/a", "default/b", "blog/a10", "blog/a2"),
    fields: fc.array(field, { maxLength: 3 }),
  })
  .map(({ op, kind, name, fields }) => ({ op, kind, object: `${kind} ${name}`, fields }));
const changes = fc.array(change, { maxLength: 4 });
/** Few kinds of seats, so that groups come about; and some that are like no other. */
const roster = fc
  .record({
    kinds: fc.array(changes, { minLength: 1, maxLength: 4 }),
    seats: fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/), fc.nat(10)), {
      maxLength: 30,
      selector: ([name]) => name,
    }),
  })
  .map(({ kinds, seats }): BySeat => new Map(seats.map(([name, index]) => [name, kinds[index % kinds.length]!])));

/** The same, in any other order: seats, changes, fields, and the keys within values. */
const shuffled = (seats: BySeat) =>
  fc
    .shuffledSubarray([...seats], { minLength: seats.size, maxLength: seats.size })
    .chain((entries) =>
      fc
        .tuple(
          ...entries.map(([seat, list]) =>
            fc
              .shuffledSubarray([...list], { minLength: list.length, maxLength: list.length })
              .map((again): [string, Change[]] => [seat, again.map(turned)]),
          ),
        )
        .map((all): BySeat => new Map(all)),
    );

function turned(one: Change): Change {
  return Object.fromEntries(
    Object.entries({ ...one, fields: [...one.fields].reverse() }).reverse(),
  ) as unknown as Change;
}

const ordered = (seats: BySeat) => [...seats].map(([seat, list]) => [seat, canonical(inOrder(list))]).sort();

describe("the fold of a class", () => {
  it("loses nothing and adds nothing: expanded again, each seat has what it had", () => {
    fc.assert(
      fc.property(roster, (seats) => {
        expect(ordered(expand(fold(seats)))).toEqual(ordered(seats));
      }),
      { numRuns: 100 },
    );
  });

  it("makes groups that are different from each other, every seat in one, the largest first", () => {
    fc.assert(
      fc.property(roster, (seats) => {
        const groups = fold(seats);
        expect(new Set(groups.map(({ changes: list }) => canonical(list))).size).toBe(groups.length);
        expect(groups.flatMap((group) => group.seats).sort()).toEqual([...seats.keys()].sort());
        const sizes = groups.map((group) => group.seats.length);
        expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
      }),
      { numRuns: 100 },
    );
  });

  it("is the same in whatever order seats, changes, fields and keys come", () => {
    const both = roster.chain((seats) => fc.tuple(fc.constant(seats), shuffled(seats)));
    fc.assert(
      fc.property(both, ([seats, again]) => {
        expect(canonical(fold(again))).toBe(canonical(fold(seats)));
      }),
      { numRuns: 100 },
    );
  });

  it("shows one seat that was made different, by a change more, less or other, as the only outlier", () => {
    const damage = fc.tuple(
      changes,
      change,
      fc.constantFrom("more", "less", "other"),
      fc.integer({ min: 3, max: 30 }),
      fc.nat(),
    );
    fc.assert(
      fc.property(damage, ([usual, one, how, count, at]) => {
        const names = Array.from({ length: count }, (_, index) => `seat${index + 1}`);
        const odd = names[at % count]!;
        const another = how === "more" ? [...usual, one] : how === "less" ? usual.slice(1) : [...usual.slice(1), one];
        fc.pre(canonical(inOrder(another)) !== canonical(inOrder(usual)));
        const groups = fold(new Map(names.map((name) => [name, name === odd ? another : usual])));
        expect(groups.map((group) => group.seats)).toEqual([names.filter((name) => name !== odd), [odd]]);
        expect(groups[1]!.changes).toEqual(inOrder(another));
      }),
      { numRuns: 100 },
    );
  });

  it("counts seats as people do", () => {
    expect(fold(new Map(["seat10", "seat9", "seat1"].map((name) => [name, []])))).toEqual([
      { seats: ["seat1", "seat9", "seat10"], changes: [] },
    ]);
  });
});
