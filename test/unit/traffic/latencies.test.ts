import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Latencies } from "../../../cli/traffic/report";

const latency = fc.double({ min: 0.01, max: 20_000, noNaN: true });
const percent = fc.double({ min: 0, max: 100, noNaN: true });

/** The definition: the smallest of the values that at least `percent` of all do not exceed. */
function exact(values: number[], percent: number): number {
  return [...values]
    .sort((a, b) => a - b)
    .find((value) => values.filter((other) => other <= value).length >= (percent / 100) * values.length)!;
}

function of(values: number[]): Latencies {
  const latencies = new Latencies();
  values.forEach((value) => latencies.add(value));
  return latencies;
}

describe("percentiles", () => {
  it("are within one percent of the exact ones", () => {
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1, maxLength: 200 }), percent, (values, p) => {
        const right = exact(values, p);
        expect(Math.abs(of(values).percentile(p)! / right - 1)).toBeLessThan(0.01);
      }),
    );
  });

  it("never fall when the percentage rises", () => {
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1 }), percent, percent, (values, a, b) => {
        const latencies = of(values);
        expect(latencies.percentile(Math.min(a, b))!).toBeLessThanOrEqual(latencies.percentile(Math.max(a, b))!);
      }),
    );
  });

  it("are the same for the whole and for its parts merged", () => {
    fc.assert(
      fc.property(fc.array(latency), fc.array(latency), percent, (a, b, p) => {
        const merged = of(a);
        merged.merge(of(b));
        expect(merged.percentile(p)).toBe(of([...a, ...b]).percentile(p));
      }),
    );
  });

  it("do not exist while nothing was seen", () => {
    expect(new Latencies().percentile(50)).toBeUndefined();
  });

  it("take no time at all for the smallest", () => {
    expect(of([0, 0]).percentile(95)).toBeCloseTo(0.01);
  });
});
