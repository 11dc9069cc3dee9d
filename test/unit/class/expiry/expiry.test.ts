import fc from "fast-check";
import { expect, test } from "vitest";
import { expiryPlan } from "../../../../cli/class/verbs/expire";
import type { RosterSeat } from "../../../../cli/class/model";

const now = new Date("2026-12-02T12:00:00Z");
const seat = (name: string, expires?: string): RosterSeat => ({
  seat: name,
  trainee: "Ada",
  ...(expires && { expires: new Date(expires) }),
  config: {},
  at: "line 2",
});
const stack = (name: string, expires?: string, hasFile = true) => ({ name, hasFile, ...(expires && { expires }) });

test("what is past goes; what is to come, what has no expiry, and what is not there does not", () => {
  const seats = [
    seat("past", "2026-12-01T23:59:59Z"),
    seat("now", "2026-12-02T12:00:00Z"),
    seat("later", "2026-12-02T12:00:01Z"),
    seat("never"),
    seat("gone", "2026-01-01"),
  ];
  expect(
    expiryPlan(
      { seats },
      ["past", "now", "later", "never"].map((name) => stack(name)),
      now,
    ),
  ).toEqual({
    due: [seats[0], seats[1]],
    kept: [
      { seat: "later", why: "until 2026-12-02T12:00:01.000Z" },
      { seat: "never", why: "has no expiry" },
    ],
  });
});

test("the roster decides for its seats, whatever their stacks say: more time was given, or none at all", () => {
  const seats = [seat("more", "2027-01-01"), seat("never"), seat("less", "2026-12-01")];
  const { due } = expiryPlan(
    { seats },
    [stack("more", "2026-01-01"), stack("never", "2026-01-01"), stack("less", "2027-01-01")],
    now,
  );
  expect(due.map(({ seat }) => seat)).toEqual(["less"]);
});

test("a seat that left the roster goes by its tag, where it is known what it is", () => {
  const { due, kept } = expiryPlan(
    { seats: [] },
    [
      stack("past", "2026-12-01T00:00:00Z"),
      stack("later", "2027-01-01T00:00:00Z"),
      stack("never"),
      stack("odd", "soon"),
      stack("far", "2026-12-01T00:00:00Z", false),
    ],
    now,
  );
  expect(due).toEqual([
    {
      seat: "past",
      trainee: "(no longer in the roster)",
      expires: new Date("2026-12-01T00:00:00Z"),
      config: {},
      at: "no line of the roster",
    },
  ]);
  expect(kept).toEqual([
    { seat: "later", why: "no longer in the roster; until 2027-01-01T00:00:00.000Z" },
    { seat: "never", why: "no longer in the roster; has no expiry" },
    { seat: "odd", why: "no longer in the roster; has no expiry" },
    {
      seat: "far",
      why: "no longer in the roster; expired, but its Pulumi.far.yaml is missing: the seat's target is unknown",
    },
  ]);
});

test("never one without an expiry or before its time, and every stack is told of", () => {
  const times = fc.option(fc.date({ min: new Date("2026-11-01"), max: new Date("2027-01-01"), noInvalidDate: true }), {
    nil: undefined,
  });
  fc.assert(
    fc.property(fc.array(fc.record({ listed: fc.boolean(), roster: times, tag: times }), { maxLength: 30 }), (all) => {
      const seats = all.flatMap(({ listed, roster }, index) =>
        listed ? [seat(`s-${index}`, roster?.toISOString())] : [],
      );
      const stacks = all.map(({ tag }, index) => stack(`s-${index}`, tag?.toISOString()));
      const { due, kept } = expiryPlan({ seats }, stacks, now);
      all.forEach(({ listed, roster, tag }, index) => {
        const time = listed ? roster : tag;
        expect(due.some(({ seat }) => seat === `s-${index}`)).toBe(time !== undefined && time <= now);
      });
      expect([...due, ...kept].map(({ seat }) => seat).sort()).toEqual(stacks.map(({ name }) => name).sort());
    }),
  );
});
