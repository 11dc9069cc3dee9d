import fc from "fast-check";
import { expect, test } from "vitest";
import { duration } from "../../../../components/mesh/routes/duration";

test.each([
  ["0.5s", "500ms"],
  ["10s", "10s"],
  ["500ms", "500ms"],
  ["1.5s", "1s500ms"],
  ["90s", "1m30s"],
  ["100000ms", "1m40s"],
  ["1h2m3s4ms", "1h2m3s4ms"],
  ["0.001s", "1ms"],
])("%s is %s", (istio, written) => {
  expect(duration(istio)).toBe(written);
});

test("any number of milliseconds has the form that the Gateway API wants, and its value", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 359_999_999 }), (milliseconds) => {
      const written = duration(`${milliseconds}ms`);
      expect(written).toMatch(/^([0-9]{1,5}(h|m|s|ms)){1,4}$/);
      expect(duration(written)).toBe(written);
      const size = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
      const value = [...written.matchAll(/(\d+)(ms|h|m|s)/g)].reduce(
        (sum, [, count, unit]) => sum + Number(count) * size[unit as keyof typeof size],
        0,
      );
      expect(value).toBe(milliseconds);
    }),
  );
});
