import fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfig } from "../../../config";
import { weightsOf } from "../../../components/mesh/weights";
import { validate } from "../../../components/validate";
import { anySplit } from "../components/splits";

const versions = ["v1", "v2", "v3"];
const canary = (reviews: unknown) =>
  parseConfig({ target: "embedded", canary: JSON.stringify({ reviews }) }).canary.reviews;

test("any whole numbers from 0 that sum to 100 are accepted as they are", () => {
  fc.assert(fc.property(anySplit(versions), (weights) => void expect(canary(weights)).toEqual(weights)));
});

test("a number that Pulumi stored as text is that number", () => {
  const asText = (weights: Record<string, number>) =>
    Object.fromEntries(Object.entries(weights).map(([version, weight]) => [version, String(weight)]));
  fc.assert(fc.property(anySplit(versions), (weights) => void expect(canary(asText(weights))).toEqual(weights)));
});

test("any other sum is refused, naming the key, each weight and the sum", () => {
  const wrong = fc
    .dictionary(fc.constantFrom(...versions), fc.integer({ min: 0, max: 100 }), { minKeys: 1 })
    .filter((weights) => Object.values(weights).reduce((sum, weight) => sum + weight, 0) !== 100);
  fc.assert(
    fc.property(wrong, (weights) => {
      const message = refusal(weights);
      expect(message).toMatch(/^istio-lab:canary\.reviews: /);
      for (const [version, weight] of Object.entries(weights)) expect(message).toContain(`${version} ${weight}`);
      expect(message).toContain(String(Object.values(weights).reduce((sum, weight) => sum + weight, 0)));
    }),
  );
});

test("one wrong weight in a right split is refused by its own key, whatever it is", () => {
  const wrong = fc.oneof(
    fc.integer({ max: -1 }),
    fc.integer({ min: 101 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Number.isInteger(number)),
    fc.string().filter((text) => !/^\d+$/.test(text)),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.integer()),
    fc.dictionary(fc.string(), fc.integer()),
  );
  fc.assert(
    fc.property(anySplit(versions), fc.constantFrom(...versions), wrong, (weights, version, value) => {
      expect(refusal({ ...weights, [version]: value })).toMatch(
        new RegExp(`istio-lab:canary\\.reviews\\.${version}: `),
      );
    }),
  );
});

test("any version that does not exist is refused by its own key", () => {
  const unknown = fc.string({ minLength: 1 }).filter((version) => ![...versions, "__proto__"].includes(version));
  fc.assert(
    fc.property(anySplit(versions), unknown, (weights, version) => {
      const withUnknown = Object.fromEntries([...Object.entries(weights), [version, 0]]);
      expect(refusal(withUnknown)).toContain(
        `istio-lab:canary.reviews.${version}: reviews has no version ${version}; valid: v1, v2, v3`,
      );
    }),
  );
});

test("anything that is no map is refused by the service's key", () => {
  const noMap = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null), fc.array(fc.integer()));
  fc.assert(
    fc.property(
      noMap,
      (value) =>
        void expect(refusal(value)).toMatch(/^istio-lab:canary\.reviews: .* is not a map of versions to weights/s),
    ),
  );
});

test("a map is right exactly when it has no problem", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const right =
        typeof value === "object" && value !== null && !Array.isArray(value) && isSplit(Object.entries(value));
      expect(validate(weightsOf("reviews", versions), value).problems.length === 0).toBe(right);
    }),
  );
});

function isSplit(entries: [string, unknown][]): boolean {
  const whole = entries.every(
    ([version, weight]) => versions.includes(version) && Number.isInteger(weight) && (weight as number) >= 0,
  );
  return whole && entries.reduce((sum, [, weight]) => sum + (weight as number), 0) === 100;
}

function refusal(weights: unknown): string {
  try {
    canary(weights);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`accepted: ${JSON.stringify(weights)}`);
}

test.each([
  [{ v1: -1, v2: 50, v3: 51 }, "canary.reviews.v1: -1 is negative"],
  [{ v1: 101, v2: -1 }, "canary.reviews.v1: 101 is more than 100"],
  [{ v1: 49.5, v2: 50.5 }, "canary.reviews.v1: 49.5 is not whole"],
])("%j sums to 100, and is refused by its weights", (weights, message) => {
  expect(() => canary(weights)).toThrow(message);
});
