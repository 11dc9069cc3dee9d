import { expect, test } from "vitest";
import { elapsed } from "../../../base/elapsed";

test.each([
  [0, "0.0 s"],
  [4_240, "4.2 s"],
  [59_900, "59.9 s"],
  [59_960, "1 min 00 s"],
  [60_000, "1 min 00 s"],
  [187_900, "3 min 07 s"],
  [3_661_000, "61 min 01 s"],
])("%d ms are %s", (ms, text) => {
  expect(elapsed(1_000, 1_000 + ms)).toBe(text);
});
