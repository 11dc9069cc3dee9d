import fc from "fast-check";
import { expect, test } from "vitest";
import { shareIn, weightsAt } from "../../../components/mesh/canary-plan";
import { parseConfig } from "../../../config";
import { problems } from "./problems";

const rule = "valid are whole numbers from 1 to 100, each more than the one before, such as [10, 25, 50, 100]";
const plans = (reviews: unknown) =>
  parseConfig({ target: "embedded", canaryPlan: JSON.stringify({ reviews }) }).canaryPlan.reviews!;

test("any rising steps between two versions are accepted as they are, and their weights are valid ones", () => {
  const steps = fc
    .uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1 })
    .map((all) => all.sort((a, b) => a - b));
  const ends = fc.constantFrom(["v1", "v2"], ["v1", "v3"], ["v2", "v3"], ["v3", "v1"]);
  fc.assert(
    fc.property(steps, ends, (steps, [from, to]) => {
      const plan = plans({ from, to, steps });
      expect(plan).toEqual({ from, to, steps });
      for (const share of [0, ...steps]) {
        const weights = weightsAt(plan, share);
        expect(
          parseConfig({ target: "embedded", canary: JSON.stringify({ reviews: weights }) }).canary.reviews,
        ).toEqual(weights);
        expect(shareIn(plan, weights)).toBe(share);
      }
    }),
  );
});

test("a share is told only where no third version has traffic", () => {
  const plan = plans({ to: "v3", steps: [100] });
  expect(shareIn(plan, { v1: 100 })).toBe(0);
  expect(shareIn(plan, { v3: 100 })).toBe(100);
  expect(shareIn(plan, { v1: 90, v2: 10 })).toBeUndefined();
  expect(shareIn(plan, { v1: 50, v2: 0, v3: 50 })).toBe(50);
});

test.each([
  ['{"reviews":{"steps":[10]}}', "canaryPlan.reviews.to: is not set; valid: v1, v2, v3"],
  ['{"reviews":{"to":"v4","steps":[10]}}', 'canaryPlan.reviews.to: "v4" is not a version; valid: v1, v2, v3'],
  [
    '{"reviews":{"to":"v1","steps":[10]}}',
    "canaryPlan.reviews.to: reviews would go from v1 to v1; name two versions of v1, v2, v3",
  ],
  [
    '{"reviews":{"from":"v0","to":"v3","steps":[10]}}',
    'canaryPlan.reviews.from: "v0" is not a version; valid: v1, v2, v3',
  ],
  ['{"reviews":{"to":"v3"}}', `canaryPlan.reviews.steps: is not set; ${rule}`],
  ['{"reviews":{"to":"v3","steps":[]}}', `canaryPlan.reviews.steps: [] is not a list of steps; ${rule}`],
  ['{"reviews":{"to":"v3","steps":50}}', `canaryPlan.reviews.steps: 50 is not a list of steps; ${rule}`],
  [
    '{"reviews":{"to":"v3","steps":[0,50.5,"half",101]}}',
    ...["0", "50.5", '"half"', "101"].map(
      (step, index) => `canaryPlan.reviews.steps[${index}]: ${step} is not a step; ${rule}`,
    ),
  ],
  [
    '{"reviews":{"to":"v3","steps":[10,10,5]}}',
    ...[`[1]: 10 is not more than 10`, `[2]: 5 is not more than 10`].map(
      (text) => `canaryPlan.reviews.steps${text}, the step before; ${rule}`,
    ),
  ],
  [
    '{"reviews":{"to":"v3","steps":[10],"pause":"1h"}}',
    "canaryPlan.reviews.pause: is not a key; valid: from, to, steps",
  ],
  ['{"reviews":[10,25]}', 'canaryPlan.reviews: [10,25] is not a map such as {"to": "v3", "steps": [10, 25, 50, 100]}'],
  [
    '{"details":{"to":"v1","steps":[10]}}',
    'canaryPlan.details: "details" is not a service with versions; valid: reviews, my-blog',
  ],
  ["[10]", 'canaryPlan: [10] is not a map such as {"reviews": {"to": "v3", "steps": [10, 50, 100]}}'],
])("canaryPlan %s is refused", (canaryPlan, ...texts) =>
  expect(problems({ canaryPlan })).toEqual(texts.map((text) => `istio-lab:${text}`)),
);
