import fc from "fast-check";
import { expect, test } from "vitest";
import { amount, quantity } from "../../../kube";

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

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity */
const decimal: [string, number][] = [
  ["n", -9],
  ["u", -6],
  ["m", -3],
  ["", 0],
  ["k", 3],
  ["M", 6],
  ["G", 9],
  ["T", 12],
  ["P", 15],
  ["E", 18],
];
const binary: [string, number][] = [
  ["Ki", 10],
  ["Mi", 20],
  ["Gi", 30],
  ["Ti", 40],
  ["Pi", 50],
  ["Ei", 60],
];
test.each([
  ...decimal.map(([unit, power]): [string, number] => [unit, 10 ** power]),
  ...binary.map(([unit, power]): [string, number] => [unit, 2 ** power]),
])("1%s is %d", (unit, factor) => {
  expect(quantity(`1${unit}`) / factor).toBeCloseTo(1, 12);
  expect(quantity(`2.5e1${unit}`) / factor).toBeCloseTo(25, 12);
});

test.each(["1Kii", "1i", "1K", "1 Gi", "Gi", "1Gi ", "1GI", "--1"])(
  "%j is no quantity, and counts as nothing",
  (text) => expect(quantity(text)).toBe(0),
);

test("what is missing in a map is nothing", () => {
  expect([amount(), amount({ cpu: "1" }), amount({ memory: "1Ki" }), amount({ cpu: "1500u" })]).toEqual([
    { cpu: 0, memory: 0 },
    { cpu: 1000, memory: 0 },
    { cpu: 0, memory: 1024 },
    { cpu: 2, memory: 0 },
  ]);
});

test("thousandths and mebibytes are read back as they were written", () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.nat(1e6), (cpu, memory) => {
      expect(amount({ cpu: `${cpu}m`, memory: `${memory}Mi` })).toEqual({ cpu, memory: memory * 2 ** 20 });
    }),
  );
});
