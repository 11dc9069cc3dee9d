import { describe, expect, it } from "vitest";
import { scoreOf, survivors, table, tallies, type MutationReport } from "../../../cli/mutants/report";

const source = "const a = 1;\nif (a === b) {\n  go();\n}\n";
const at = (line: number, column: number, toLine: number, toColumn: number) => ({
  start: { line, column },
  end: { line: toLine, column: toColumn },
});
const mutant = (status: string, location = at(2, 5, 2, 12), replacement: string | undefined = "a !== b") => ({
  mutatorName: "EqualityOperator",
  status,
  location,
  replacement,
});
const report: MutationReport = {
  files: {
    "cli/x/one.ts": {
      source,
      mutants: [mutant("Killed"), mutant("Survived"), mutant("NoCoverage", at(2, 14, 4, 2), "{}"), mutant("Ignored")],
    },
    "cli/x/two.ts": {
      source,
      mutants: [mutant("Killed"), mutant("Timeout"), mutant("CompileError"), mutant("RuntimeError")],
    },
    "cli/y/old.ts": { source, mutants: [mutant("Survived")] },
    "config.ts": { source, mutants: [mutant("Killed"), mutant("Ignored")] },
  },
};
const all = () => true;

describe("the score of a folder", () => {
  it("is what tests have seen of what they could see: a timeout is seen, what no test runs is not", () => {
    expect(tallies(report, all)).toEqual([
      { folder: "cli/x", killed: 3, survived: 1, uncovered: 1, ignored: 3 },
      { folder: "cli/y", killed: 0, survived: 1, uncovered: 0, ignored: 0 },
      { folder: "config.ts", killed: 1, survived: 0, uncovered: 0, ignored: 1 },
    ]);
    expect(tallies(report, all).map((row) => scoreOf([row]))).toEqual([60, 0, 100]);
  });

  it("leaves out files that were not asked for", () => {
    expect(tallies(report, (file) => file === "config.ts").map(({ folder }) => folder)).toEqual(["config.ts"]);
    expect(survivors(report, (file) => file === "config.ts")).toEqual([]);
  });

  it("is none where there is nothing to see", () => {
    expect(scoreOf([])).toBeUndefined();
    expect(scoreOf([{ folder: "x", killed: 0, survived: 0, uncovered: 0, ignored: 3 }])).toBeUndefined();
  });

  it("is in a table, with all of them in the last row", () => {
    expect(table(tallies(report, all)).split("\n")).toEqual([
      "folder       score  killed  survived  no test  ignored",
      "cli/x       60.0 %       3         1        1        3",
      "cli/y        0.0 %       0         1        0        0",
      "config.ts  100.0 %       1         0        0        1",
      "all         57.1 %       4         2        1        4",
    ]);
  });
});

describe("what no test has seen", () => {
  it("is listed with its place, what was there and what took its place", () => {
    expect(survivors(report, all)).toEqual([
      "cli/x/one.ts:2:5  a === b → a !== b",
      "cli/x/one.ts:2:14  { go(); } → {}  (no test runs it)",
      "cli/y/old.ts:2:5  a === b → a !== b",
    ]);
  });

  it("is cut where it is long", () => {
    const long = {
      files: { "a.ts": { source: `f("${"x".repeat(200)}");`, mutants: [mutant("Survived", at(1, 3, 1, 205), '""')] } },
    };
    expect(survivors(long, all)).toEqual([`a.ts:1:3  "${"x".repeat(68)}… → ""`]);
  });
});
