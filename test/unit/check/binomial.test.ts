import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binomialInterval } from "../../../cli/check/binomial";

describe("the tolerance of a measured share", () => {
  it("is none at 0 and 100 %", () => {
    expect(binomialInterval(400, 0, 0.0001)).toEqual([0, 0]);
    expect(binomialInterval(400, 1, 0.0001)).toEqual([400, 400]);
  });

  it("is that of the binomial distribution", () => {
    // Against the quantiles of R: qbinom(c(0.00005, 0.99995), 400, p)
    expect(binomialInterval(400, 0.5, 0.0001)).toEqual([161, 239]);
    expect(binomialInterval(10, 0.5, 0.5)).toEqual([4, 6]);
  });

  it("holds the expected count, widens with the confidence, and mirrors", () => {
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 500 }), fc.integer({ min: 1, max: 99 }), (n, percent) => {
        const p = percent / 100;
        const [low, high] = binomialInterval(n, p, 0.0001);
        const [narrowLow, narrowHigh] = binomialInterval(n, p, 0.05);
        expect(low).toBeLessThanOrEqual(Math.floor(n * p));
        expect(high).toBeGreaterThanOrEqual(Math.ceil(n * p));
        expect(low).toBeLessThanOrEqual(narrowLow);
        expect(high).toBeGreaterThanOrEqual(narrowHigh);
        expect(binomialInterval(n, 1 - p, 0.0001)).toEqual([n - high, n - low]);
      }),
      { numRuns: 60 },
    );
  });
});
