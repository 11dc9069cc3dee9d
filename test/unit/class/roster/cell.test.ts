import { expect, test } from "vitest";
import { cellValue } from "../../../../cli/class/roster/draft";
import { EXPIRIES, readExpiry } from "../../../../cli/class/roster/read";

test.each([
  ["[blog, bookinfo]", ["blog", "bookinfo"]],
  ["{v1: 75, v3: 25}", { v1: 75, v3: 25 }],
  ['{"v1":75,"v3":25}', { v1: 75, v3: 25 }],
  ["true", true],
  ["false", false],
  ["2", 2],
  ["12.5", 12.5],
  ['"12.5"', "12.5"],
  ["'it''s'", "it's"],
  ["0.5s", "0.5s"],
  ["v1.33.1", "v1.33.1"],
  ["1.31.1", "1.31.1"],
  ["2026-12-01", "2026-12-01"],
  ["10.231.0.8/30", "10.231.0.8/30"],
  ["007", "007"],
  ["0x1F", "0x1F"],
  ["1e3", "1e3"],
  ["#1", "#1"],
  ["yes", "yes"],
  ["a: b", "a: b"],
  ["- x", "- x"],
  ["*x", "*x"],
  ["[x", "[x"],
  ["a # b", "a # b"],
])("the cell %s says %j", (cell, value) => expect(cellValue(cell)).toEqual(value));

test.each([
  ["2026-12-01", "2026-12-01T23:59:59.000Z"],
  ["2026-12-01T18:00:00+01:00", "2026-12-01T17:00:00.000Z"],
  ["2026-12-01T18:00Z", "2026-12-01T18:00:00.000Z"],
  ["2028-02-29", "2028-02-29T23:59:59.000Z"],
])("expires %s is %s", (text, time) => expect(readExpiry(text)?.toISOString()).toBe(time));

test.each([
  "2026-02-29",
  "2026-12-01T18:00:00",
  "01.12.2026",
  "12/1/2026",
  "tomorrow",
  "",
  "2026-12-01 18:00Z",
  20261201,
  null,
])("expires %j is no such time", (text) => {
  expect(readExpiry(text)).toBeUndefined();
  expect(EXPIRIES).toContain("2026-12-01");
});
