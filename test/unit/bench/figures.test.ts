import { describe, expect, it } from "vitest";
import { median, ratios, spreadOf } from "../../../bench/figures/numbers";
import { linesOf, type Measured } from "../../../bench/figures/result";
import { table } from "../../../bench/figures/table";
import type { Figure } from "../../../bench/row";

describe("the median", () => {
  it.each([
    [[3], 3],
    [[3, 1, 2], 2],
    [[10, 9, 100, 1], 9.5],
  ])("of %j is %d", (values, middle) => expect(median(values)).toBe(middle));

  it("of nothing is an error, and no number", () => expect(() => median([])).toThrow("Nothing was measured"));

  it("leaves its list in order, and comes with the range", () => {
    const values = [3, 1, 2];
    expect(spreadOf(values)).toEqual({ median: 2, least: 1, most: 3 });
    expect(values).toEqual([3, 1, 2]);
  });
});

describe("the ratio", () => {
  it("is that of the same round", () => expect(ratios([10, 30], [5, 10])).toEqual([2, 3]));
  it("needs as many rounds of both", () => expect(() => ratios([1, 2], [1])).toThrow("2 rounds cannot be compared"));
});

const figures: Figure[] = [
  { name: "time", unit: "s", must: { ratio: 2 } },
  { name: "memory", unit: "MB", must: { most: 150 } },
];
const row = { name: "preview", title: "a preview", figures };
const of = (name: string, isYardstick: boolean, ...samples: Record<string, number>[]): Measured => ({
  row,
  contestant: { name, isYardstick },
  samples,
});
const measured = [
  of("here", false, { time: 4, memory: 140 }, { time: 9, memory: 160 }, { time: 6, memory: 150 }),
  of("before", false, { time: 8, memory: 200 }, { time: 9, memory: 200 }, { time: 12, memory: 200 }),
  of("empty program", true, { time: 2 }, { time: 3 }, { time: 4 }),
];

describe("the lines of the report", () => {
  const lines = linesOf(measured);
  const line = (figure: string, contestant: string) =>
    lines.find((one) => one.figure === figure && one.contestant === contestant);

  it("begin with the yardstick, which must nothing", () => {
    expect(lines.map(({ figure, contestant }) => `${figure} ${contestant}`)).toEqual([
      "time empty program",
      "time here",
      "time before",
      "memory here",
      "memory before",
    ]);
    expect(lines[0]).not.toHaveProperty("must");
    expect(lines[0]).not.toHaveProperty("ratio");
  });

  it("compare round by round, and not median with median", () => {
    expect(line("time", "here")).toMatchObject({
      median: 6,
      least: 4,
      most: 9,
      ratio: { median: 2, least: 1.5, most: 3 },
    });
  });

  it("say what is met by the median of the ratios, or by the median itself", () => {
    expect(line("time", "here")!.isMet).toBe(true);
    expect(line("time", "before")!.isMet).toBe(false);
    expect(line("memory", "here")!.isMet).toBe(true);
    expect(line("memory", "before")!.isMet).toBe(false);
  });

  it("say nothing of a ratio without a yardstick", () => {
    const alone = linesOf([of("here", false, { time: 4 })]);
    expect(alone[0]).toMatchObject({ must: { ratio: 2 }, isMet: undefined });
    expect(alone[0]).not.toHaveProperty("ratio");
  });
});

it("the table has a line for each, with its range and what it must be", () => {
  expect(`\n${table(linesOf(measured))}\n`).toBe(`
row      figure  of             median       range  × yardstick       must
preview  time    empty program  3.00 s   2.00–4.00
                 here           6.00 s   4.00–9.00  2.00 (1.50–3.00)  ≤ 2.0 × met
                 before         9.00 s  8.00–12.00  3.00 (3.00–4.00)  ≤ 2.0 × missed
         memory  here           150 MB     140–160                    ≤ 150 MB met
                 before         200 MB     200–200                    ≤ 150 MB missed
`);
});
