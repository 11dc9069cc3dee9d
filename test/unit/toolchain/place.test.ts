import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { identify } from "../../../embedded/node/processes";
import { makeWhole } from "../../../embedded/toolchain/place";

let parent: string;
beforeEach(() => void (parent = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-place-"))));
afterEach(() => fs.rmSync(parent, { recursive: true }));

it("what a killed run left half-made goes, by the number of its process; a folder of another name beside it is somebody's", async () => {
  const [left, beside] = [".charts.4194304", ".charts.backup"].map((name) => path.join(parent, name)) as [string, string];
  for (const folder of [left, beside]) fs.mkdirSync(folder);
  await makeWhole(path.join(parent, "charts"), async (scratch) => fs.writeFileSync(path.join(scratch, "a"), ""));
  expect(fs.readdirSync(parent).sort()).toEqual([".charts.backup", "charts"]);
});

it("what another process fills stays, and goes once another has its number", async () => {
  const { pid, start } = identify(process.ppid)!;
  const [filled, old, left] = [`.charts.${pid}-${start}`, `.charts.${pid}`, `.charts.${pid}-1`].map((name) => path.join(parent, name)) as [string, string, string];
  for (const folder of [filled, old, left]) fs.mkdirSync(folder);
  await makeWhole(path.join(parent, "charts"), async (scratch) => fs.writeFileSync(path.join(scratch, "a"), ""));
  expect(fs.readdirSync(parent).sort()).toEqual([path.basename(old), path.basename(filled), "charts"]);
});
