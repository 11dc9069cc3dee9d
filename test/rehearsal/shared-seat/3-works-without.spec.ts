import * as fs from "node:fs";
import { expect, inject, it } from "vitest";

it("no seat idles beside a file that asks for none", () => {
  const roots = fs.readFileSync(process.env.SEEN_SEATS!, "utf8").trim().split("\n");
  expect(roots).toHaveLength(2);
  expect(roots.filter((root) => fs.existsSync(root))).toEqual([]);
  expect(fs.readdirSync(inject("sharedSeats")).filter((name) => name.startsWith("checkout-"))).toEqual([]);
});
