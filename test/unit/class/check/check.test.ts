import { expect, it } from "vitest";
import { troubleOf } from "../../../../cli/class/check/check-class";
import {
  classJson,
  classJunit,
  classTable,
  isGreen,
  type SeatReport,
  seatReports,
} from "../../../../cli/class/check/report";
import type { Outcome, RosterSeat } from "../../../../cli/class/model";
import { report, result } from "../../check/reports";
import { parseXml, type Element } from "../../check/xml";

const seat = (name: string, trainee: string): RosterSeat => ({ seat: name, trainee, config: {}, at: "line 2" });
const green = { ...report, stack: "seat-1", results: [result(), result({ check: "blog-split" })] };
const red = { ...report, stack: "seat-2" };
const seats: SeatReport[] = [
  { seat: "seat-1", trainee: "Ada", seconds: 9, report: green },
  { seat: "seat-2", trainee: "王小明", seconds: 12.34, report: red },
  { seat: "seat-3", trainee: "Ελένη", seconds: 0.2, missing: "Stack seat-3 has no seat. <npm run up>" },
];
const table = (of: readonly SeatReport[], width = 120) =>
  classTable(of, { width, colours: false, logOf: (name) => `logs/${name}.check.log` });

it("is a row a seat, then the first cause of each that is not green, then the sum", () => {
  expect(table(seats)).toBe(
    [
      "seat    trainee  passed  failed  placeholder",
      "seat-1  Ada           2       0            0",
      "seat-2  王小明        1       1            1  blog-host",
      "seat-3  Ελένη         –       –            –  not checked",
      "",
      "seat-2 (王小明): blog-host, the blog answers for its host, and for no other",
      "  cause   VirtualService blog/my-blog: spec.http[0].route[0].destination.subset is v9.",
      "  look    kubectl get vs",
      "  fix     npm run up",
      "  all     logs/seat-2.check.log",
      "",
      "seat-3 (Ελένη)",
      "  why     Stack seat-3 has no seat. <npm run up>",
      "",
      "1 of 3 seats green; 1 with failed checks, 1 not checked. A placeholder proves that an addon can be reached, and nothing about the addon.",
      "",
    ].join("\n"),
  );
  expect(table(seats.slice(0, 1))).toMatch(/\n\n1 of 1 seat green\.\n$/);
});

it("stays within the terminal, whatever fails", () => {
  const many = {
    ...red,
    results: Array.from({ length: 30 }, (_, index) =>
      result({ check: `blog-check-${index}`, status: "failed", seen: "x ".repeat(300) }),
    ),
  };
  const lines = table([{ ...seats[1]!, report: many }], 80).split("\n");
  expect(
    Math.max(...lines.filter((line) => !/look|fix|all/.test(line)).map((line) => line.length)),
  ).toBeLessThanOrEqual(80);
  expect(lines.length).toBeLessThan(12);
});

it("is green only when every seat was checked and nothing failed", () => {
  expect(seats.map((of) => isGreen([of]))).toEqual([true, false, false]);
  expect(isGreen([])).toBe(true);
});

it("is not green where no check was made, or none passed, and says so", () => {
  for (const results of [[], [result({ status: "not applicable" })], [result({ status: "placeholder" })]]) {
    const of = { ...seats[0]!, report: { ...green, results } };
    expect(isGreen([of])).toBe(false);
    expect(table([of])).toContain("nothing was checked");
    expect(table([of])).toContain("0 of 1 seat green; 1 not checked.");
  }
});

it("keeps the report of a seat that failed by its checks, and says why there is none of another", () => {
  const outcomes: Outcome[] = [
    { seat: seat("seat-1", "Ada"), status: "done", result: undefined, seconds: 9 },
    { seat: seat("seat-2", "王小明"), status: "failed", trouble: "blog-host: …", seconds: 12 },
    { seat: seat("seat-3", "Ελένη"), status: "failed", trouble: "no seat", seconds: 1 },
    { seat: seat("seat-4", "Bob"), status: "interrupted", seconds: 1 },
    { seat: seat("seat-5", "Eve"), status: "skipped", seconds: 0 },
  ];
  const all = seatReports(
    outcomes,
    new Map([
      ["seat-1", green],
      ["seat-2", red],
    ]),
  );
  expect(all.map(({ report: of, missing }) => of?.stack ?? missing)).toEqual([
    "seat-1",
    "seat-2",
    "no seat",
    "interrupted",
    "not begun",
  ]);
});

it("says on the board which checks failed, and the first cause", () => {
  expect(troubleOf(red)).toBe(
    "1 failed (blog-host): VirtualService blog/my-blog: spec.http[0].route[0].destination.subset is v9.",
  );
  const three = ["a", "b", "c"].map((check) => result({ check, status: "failed", seen: "503" }));
  expect(troubleOf({ ...red, results: three })).toBe("3 failed (a, b …): 503");
});

it("is JSON with each seat's report as `check --json` prints it, and the totals", () => {
  const parsed = JSON.parse(classJson("december", seats)) as {
    totals: object;
    seats: { seat: string; report?: { totals: object; results: object[] }; missing?: string }[];
  };
  expect(parsed).toMatchObject({ class: "december", verb: "check" });
  expect(parsed.totals).toEqual({ seats: 3, notChecked: 1, passed: 3, failed: 1, placeholder: 1, notApplicable: 1 });
  expect(parsed.seats[1]!.report!.totals).toEqual({ passed: 1, failed: 1, placeholder: 1, notApplicable: 1 });
  expect(parsed.seats[1]!.report!.results).toHaveLength(4);
  expect(parsed.seats[2]).toMatchObject({ seat: "seat-3", missing: "Stack seat-3 has no seat. <npm run up>" });
});

it("is JUnit with a suite a lesson of a seat, and a seat that was not checked as an error", () => {
  const root = parseXml(classJunit("december", seats));
  expect(root.attributes).toMatchObject({
    name: "istio-lab class december",
    tests: "7",
    failures: "1",
    errors: "1",
    skipped: "2",
    time: "12.3",
  });
  expect(root.children.map(({ attributes }) => attributes.name)).toEqual([
    "seat-1.blog",
    "seat-2.backend",
    "seat-2.blog",
    "seat-3",
  ]);
  const cases = (of: Element): Element[] =>
    of.children.flatMap((child) => (child.name === "testcase" ? [child] : cases(child)));
  expect(cases(root)).toHaveLength(7);
  expect(cases(root)[3]!.attributes.classname).toBe("istio-lab.seat-2.blog");
  expect(root.children[3]!.children[0]!.children[0]).toMatchObject({
    name: "error",
    attributes: { message: "Stack seat-3 has no seat. <npm run up>" },
  });
});
