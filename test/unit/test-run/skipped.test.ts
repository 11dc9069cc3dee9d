import * as fs from "node:fs";
import * as path from "node:path";
import { expect, it } from "vitest";
import { skippedText } from "../../../cli/test-run/skipped";
import { needs } from "../../support/needs";

it("lists what was skipped by its reason, and counts it", () => {
  const skipped = (...reasons: string[]) => reasons.map((reason) => ({ name: "a test", reason }));
  const files = [
    { file: "test/b.test.ts", skipped: skipped("needs root", "needs ip", "needs root") },
    { file: "test/a.test.ts", skipped: skipped("needs root") },
    { file: "test/c.test.ts", skipped: [] },
  ];
  expect(skippedText(files)).toBe(
    "Skipped:\n  needs ip: test/b.test.ts (1)\n  needs root: test/a.test.ts (1), test/b.test.ts (2)",
  );
});

it("says nothing where nothing was skipped for a reason", () => {
  expect(skippedText([{ file: "test/a.test.ts" }, { file: "test/b.test.ts", skipped: [] }])).toBe("");
});

it("runs a test whose needs are there, and gives every reason where they are not", () => {
  expect(needs(undefined, undefined)).toEqual({});
  expect(needs(undefined, "needs root", "needs ip")).toEqual({
    skip: true,
    meta: { skippedFor: "needs root, needs ip" },
  });
});

it("no test is skipped without a reason", () => {
  const tests = path.resolve(__dirname, "../..");
  const files = fs.readdirSync(tests, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
  const silent = files.flatMap((file) =>
    fs
      .readFileSync(path.join(tests, file), "utf8")
      .split("\n")
      .flatMap((line, index) =>
        /\b(it|test|describe)(\.\w+)*\.(skip|skipIf|runIf|todo)\b|\bskip\(\)/.test(line)
          ? [`${file}:${index + 1}: ${line.trim()}`]
          : [],
      ),
  );
  expect(files.length).toBeGreaterThan(200);
  expect(silent.filter((line) => !line.startsWith("unit/test-run/skipped.test.ts"))).toEqual([]);
});
