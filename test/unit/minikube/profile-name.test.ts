import * as fc from "fast-check";
import { expect, test } from "vitest";
import { profileNameOf, profileNames } from "../../../components/cluster/minikube/profile-name";

/** What Pulumi takes for a stack's name. */
const stacks = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/);

test("the profile is called as project and stack where that is a name", () => {
  expect(profileNameOf("istio-lab", "dev")).toBe("istio-lab-dev");
});

test("a seat of another release is found: what its stack's odd name becomes stays what it was", () => {
  expect(profileNameOf("istio-lab", "Dev")).toBe("istio-lab-dev-d6c07624");
});

test("any stack name gives a profile that minikube takes", () => {
  fc.assert(
    fc.property(stacks, (stack) => void expect(profileNameOf("istio-lab", stack)).toMatch(profileNames)),
    { numRuns: 500, examples: [["A"], ["-".padStart(100, "x")], ["a._-"], ["Z".repeat(100)]] },
  );
});

test("also a project of nothing but signs does", () => {
  expect(profileNames.test(profileNameOf("_", "_"))).toBe(true);
});

test("no two stacks share a profile", () => {
  const names = ["dev", "Dev", "DEV", "de.v", "de_v", "de-v", "dev-", "dev_", "x".repeat(60), `${"x".repeat(60)}y`].map(
    (stack) => profileNameOf("istio-lab", stack),
  );
  expect(new Set(names).size).toBe(names.length);
  fc.assert(
    fc.property(
      stacks,
      stacks,
      (one, other) => one === other || profileNameOf("istio-lab", one) !== profileNameOf("istio-lab", other),
    ),
    { numRuns: 500 },
  );
});
