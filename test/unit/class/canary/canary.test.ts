import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type CanarySeat,
  mostAt,
  planOf,
  type CanaryPosition,
  positionOf,
  positionsText,
  targetShare,
} from "../../../../cli/class/canary";
import { weightsAt, type CanaryPlan } from "../../../../components/mesh/canary-plan";

const steps = fc
  .uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 })
  .map((all) => all.sort((a, b) => a - b));
const aPlan = steps.map((steps): CanaryPlan => ({ from: "v1", to: "v3", steps }));
const plan: CanaryPlan = { from: "v1", to: "v3", steps: [10, 25, 50, 100] };
const at = (plan: CanaryPlan, shares: readonly (number | undefined)[]): CanaryPosition[] =>
  shares.map((share, index) =>
    positionOf(`s-${index}`, plan, share === undefined ? { v2: 100 } : weightsAt(plan, share), "v1"),
  );

describe("steps", () => {
  test("from wherever the seats are, `next` again and again takes all of them along the plan to its end, and `back` to nothing", () => {
    fc.assert(
      fc.property(
        aPlan,
        fc.array(fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }), { minLength: 1, maxLength: 30 }),
        fc.constantFrom("next", "back"),
        (plan, shares, to) => {
          const end = to === "next" ? plan.steps.at(-1)! : 0;
          const way: number[] = [];
          let now = at(plan, shares);
          for (let times = 0; times <= plan.steps.length; times++) {
            const share = targetShare(plan, now, to as "next" | "back");
            if (share !== way.at(-1)) way.push(share);
            now = at(
              plan,
              now.map(() => share),
            );
          }
          expect(way.at(-1)).toBe(end);
          expect(way.every((share) => share === 0 || plan.steps.includes(share))).toBe(true);
          // No step is left out: what was gone is the rest of the plan.
          const all = to === "next" ? plan.steps : [...plan.steps].reverse().concat(0);
          expect(way).toEqual(all.slice(all.indexOf(way[0]!)));
        },
      ),
    );
  });

  test("`back` after `next` is where the seats were, where that was a step", () => {
    fc.assert(
      fc.property(aPlan, fc.nat(), (plan, index) => {
        const all = [0, ...plan.steps];
        const share = all[index % plan.steps.length]!;
        const next = targetShare(plan, at(plan, [share, share]), "next");
        expect(targetShare(plan, at(plan, [next, next]), "back")).toBe(share);
      }),
    );
  });

  test("does not depend on the order of the seats", () => {
    const shares = fc.array(fc.option(fc.constantFrom(0, 10, 25, 30, 50), { nil: undefined }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(shares, (shares) => {
        for (const to of ["next", "back"] as const)
          expect(targetShare(plan, at(plan, [...shares].reverse()), to)).toBe(targetShare(plan, at(plan, shares), to));
      }),
    );
  });

  test.each([
    ["next", [0, 0, 0], 10],
    ["next", [10, 10, 25], 25],
    ["next", [10, 25], 25],
    ["next", [30, 30, 10], 50],
    ["next", [100, 100, 50], 100],
    ["next", [undefined, undefined, 25], 50],
    ["next", [undefined], 10],
    ["back", [10, 10, 25], 0],
    ["back", [100, 100], 50],
    ["back", [30, 30], 25],
    ["back", [0, 0, 50], 0],
  ] as const)("%s of %j is %d", (to, shares, share) => expect(targetShare(plan, at(plan, shares), to)).toBe(share));

  test("a service without weights is at its first version", () => {
    expect(positionOf("s", plan, undefined, "v1").share).toBe(0);
    expect(positionOf("s", { from: "v2", to: "v1", steps: [100] }, undefined, "v1").share).toBe(100);
    expect(mostAt([positionOf("s", { from: "v2", to: "v3", steps: [100] }, undefined, "v1")])).toBeUndefined();
  });
});

describe("text", () => {
  test("thirty seats in a line, and who is elsewhere by name", () => {
    const seats = at(plan, [...Array<number>(28).fill(25), 10, undefined]);
    expect(positionsText("reviews", plan, seats)).toBe(
      "reviews: v3 instead of v1, by 0 → 10 → [25] → 50 → 100\n28 seats at v1 75, v3 25\nv1 90, v3 10: s-28\nv2 100: s-29",
    );
  });

  test("between the steps, all at the end, all beside", () => {
    expect(positionsText("reviews", plan, at(plan, [30]))).toBe(
      "reviews: v3 instead of v1, by 0 → 10 → 25 → 50 → 100 (now 30, between the steps)\n1 seat at v1 70, v3 30; no other",
    );
    expect(positionsText("reviews", plan, at(plan, [100, 100]))).toBe(
      "reviews: v3 instead of v1, by 0 → 10 → 25 → 50 → [100]\n2 seats at v3 100; no other",
    );
    expect(positionsText("reviews", plan, at(plan, [undefined]))).toBe(
      "reviews: v3 instead of v1, by 0 → 10 → 25 → 50 → 100\nv2 100: s-0",
    );
  });
});

describe("the plan of a class", () => {
  const seat = (name: string, canaryPlan: CanarySeat["canaryPlan"]): CanarySeat => ({
    seat: name,
    canaryPlan,
    canary: {},
  });
  const blog: CanaryPlan = { from: "v1", to: "v2", steps: [100] };

  test("is the only one, or that of --service", () => {
    expect(planOf([seat("a", { reviews: plan }), seat("b", { reviews: plan })], undefined)).toEqual({
      service: "reviews",
      plan,
    });
    expect(planOf([seat("a", { reviews: plan, "my-blog": blog })], "my-blog")).toEqual({
      service: "my-blog",
      plan: blog,
    });
  });

  test.each([
    [
      [seat("a", {})],
      undefined,
      "No seat of the class has a canary plan. In the roster's config, for instance: canaryPlan: {reviews: {to: v3, steps: [10, 25, 50, 100]}}",
    ],
    [
      [seat("a", { reviews: plan, "my-blog": blog })],
      undefined,
      "The class has plans for reviews and my-blog: choose one by --service.",
    ],
    [
      [seat("a", { reviews: plan })],
      "details",
      "--service details: no seat has a canary plan for it; there is one for reviews.",
    ],
    [
      [seat("a", { reviews: plan }), seat("b", {}), seat("c", { reviews: { ...plan, steps: [50] } })],
      undefined,
      "canaryPlan.reviews is not the same for all seats: b, c have another, or none.",
    ],
  ])("%# is refused", (seats, service, text) => expect(() => planOf(seats, service)).toThrow(text));
});
