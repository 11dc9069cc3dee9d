import { expect, it } from "vitest";
import { changedAt, isShare, splitSince, type Seen } from "../../support/shift";

/** A hundred a second, in the order of weights 90:10 until `change`, then as `after` says. */
function traffic(change: number, after: number): Seen[] {
  return Array.from({ length: 2000 }, (_, n) => {
    const at = n * 10;
    const percent = at < change ? 10 : after;
    return { at, version: (n * 37) % 100 < percent ? "v2" : "v1" };
  });
}

it.each([
  [5000, 50],
  [12_340, 100],
  [3000, 0],
])("finds the change at %d ms to %d %%", (change, after) => {
  expect(Math.abs(changedAt(traffic(change, after), "v2", 10, after) - change)).toBeLessThan(300);
});

it("finds from when on a split was there", () => {
  const seen = traffic(5000, 100);
  expect(splitSince(seen, 0, "v2", 10)).toBe(0);
  expect(splitSince(seen, 0, "v2", 100)).toBeGreaterThan(4900);
  expect(splitSince(seen, 0, "v2", 100)).toBeLessThanOrEqual(5000);
  expect(splitSince(seen, 8000, "v2", 100)).toBe(8000);
  expect(splitSince(seen, 8000, "v2", 10)).toBeUndefined();
  expect(splitSince(seen, 16_500, "v2", 100)).toBeUndefined();
});

it("takes 0 % and 100 % exactly, and others within what chance gives", () => {
  expect([0, 1].map((count) => isShare(count, 0))).toEqual([true, false]);
  expect([399, 400].map((count) => isShare(count, 100))).toEqual([false, true]);
  expect([120, 170, 200, 230, 280].map((count) => isShare(count, 50))).toEqual([false, true, true, true, false]);
});
