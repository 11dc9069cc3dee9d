import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostOf, nodeNames, reservedWord, seatName, SUFFIX_LENGTH } from "../../../components/cluster/azure/names";

const anySuffix = fc.string({
  unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz0123456789"),
  minLength: SUFFIX_LENGTH,
  maxLength: SUFFIX_LENGTH,
});
/** What Pulumi takes as a name, up to 100 characters, with Azure's words in the way. */
const anyName = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(..."abcxyzABC019-_.") },
      { weight: 1, arbitrary: fc.constantFrom("windows", "Microsoft", "login", "-") },
    ),
    { minLength: 1, maxLength: 100, size: "max" },
  )
  .map((parts) => parts.join("").slice(0, 100));

describe("for any project and stack of up to 100 characters", () => {
  const property = (check: (name: string, suffix: string) => void) =>
    fc.assert(
      fc.property(
        anyName,
        anyName,
        anySuffix,
        (project, stack, suffix) => void check(seatName(project, stack, suffix), suffix),
      ),
      { numRuns: 500 },
    );

  test("the name is a DNS label that Azure takes: Microsoft.Network/publicIPAddresses domainNameLabel", () => {
    property((name) => expect(name).toMatch(/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/));
  });

  test("the name is a resource group's: 1 to 90 of letters, digits, - _ . ( ), no dot last", () => {
    property((name) => expect(name).toMatch(/^[a-zA-Z0-9\-_.()]{0,89}[a-zA-Z0-9\-_()]$/));
  });

  test("none of Azure's reserved words is in it, and the random suffix is whole", () => {
    property((name, suffix) => {
      expect(name).not.toMatch(/microsoft|windows|^login/);
      expect(reservedWord(name)).toBeUndefined();
      expect(name.endsWith(`-${suffix}`)).toBe(true);
    });
  });
});

test("node names are valid as those of a Linux VM, 64 at most, and no two are alike", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), (nodes) => {
      const names = nodeNames(nodes).map((name) => `${name}-0a1b2c3d`);
      expect(new Set(names).size).toBe(nodes);
      for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]{0,62}[a-z0-9]$/);
    }),
  );
});

test.each([
  ["istio-lab", "seat7", "istio-lab-seat7-abc123"],
  ["istio-lab", "Ana.Marić_2", "istio-lab-ana-mari-2-abc123"],
  ["istio-lab", "-.-", "istio-lab-abc123"],
  ["9to5", "x", "s-9to5-x-abc123"],
  ["Login", "windows-10", "s-10-abc123"],
  ["a".repeat(100), "b".repeat(100), `${"a".repeat(20)}-${"b".repeat(32)}-abc123`],
  ["winwindowsdows", "microsoft", "s-abc123"],
])("%s, %s", (project, stack, name) => expect(seatName(project, stack, "abc123")).toBe(name));

test("a seat is reached under the region's name", () =>
  expect(hostOf("lab", "westeurope")).toBe("lab.westeurope.cloudapp.azure.com"));
