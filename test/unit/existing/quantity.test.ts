import fc from "fast-check";
import { expect, test } from "vitest";
import { amount, quantity } from "../../../components/cluster/existing/quantity";

test.each([
  ["250m", 0.25],
  ["2", 2],
  ["1.5", 1.5],
  ["1e3", 1000],
  ["12E", 12e18],
  ["128Mi", 134217728],
  ["1.5Gi", 1610612736],
  ["64k", 64000],
  ["24581684Ki", 25171644416],
  ["100n", 1e-7],
  [undefined, 0],
  ["", 0],
  ["many", 0],
])("%s is %d", (text, number) => expect(quantity(text)).toBeCloseTo(number, 9));

test("thousandths and mebibytes are read back as they were written", () => {
  fc.assert(fc.property(fc.nat(1e6), fc.nat(1e6), (cpu, memory) => {
    expect(amount({ cpu: `${cpu}m`, memory: `${memory}Mi` })).toEqual({ cpu, memory: memory * 2 ** 20 });
  }));
});
