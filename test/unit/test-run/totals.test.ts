import { expect, it } from "vitest";
import { closing, type Totals } from "../../../cli/test-run/totals";

const of = (passed: number, failed = 0, skipped = 0, total = passed + failed + skipped): Totals => ({
  numTotalTests: total,
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: skipped,
  numTodoTests: 0,
  success: failed === 0,
});

it("is green where tests passed and none failed", () => {
  expect(closing(of(3), 0)).toEqual({ lines: ["3 passed, 0 failed"], isGreen: true });
  expect(closing(of(3, 0, 2), 0)).toEqual({ lines: ["3 passed, 0 failed, 2 skipped"], isGreen: true });
});

it.each<[string, Totals, number, string[]]>([
  ["a test failed", of(3, 1), 1, ["3 passed, 1 failed"]],
  ["nothing was tested", of(0), 0, ["0 passed, 0 failed"]],
  [
    "a worker died with the tests of its file",
    of(7666, 0, 1, 7702),
    1,
    ["35 tests did not end: vitest's message above says why.", "7666 passed, 35 failed, 1 skipped"],
  ],
  [
    "one did not end",
    of(3, 0, 0, 4),
    0,
    ["1 test did not end: vitest's message above says why.", "3 passed, 1 failed"],
  ],
  [
    "an error belongs to no test",
    of(3),
    1,
    ["No test failed, but vitest ended with 1: its message above says why.", "3 passed, 1 failed"],
  ],
])("is not green where %s", (_, totals, code, lines) => {
  expect(closing(totals, code)).toEqual({ lines, isGreen: false });
});
