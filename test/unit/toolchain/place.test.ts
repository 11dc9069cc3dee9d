import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it, onTestFinished } from "vitest";
import { identify } from "../../../embedded/node/processes";
import { makeWhole } from "../../../embedded/toolchain/place";
import { compiled } from "../../support/compiled";

let parent: string;
beforeEach(() => void (parent = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-place-"))));
afterEach(() => fs.rmSync(parent, { recursive: true }));

it("what a killed run left half-made goes, by the number of its process; a folder of another name beside it is somebody's", async () => {
  const [left, beside] = [".charts.4194304", ".charts.backup"].map((name) => path.join(parent, name)) as [
    string,
    string,
  ];
  for (const folder of [left, beside]) fs.mkdirSync(folder);
  await makeWhole(path.join(parent, "charts"), async (scratch) => fs.writeFileSync(path.join(scratch, "a"), ""));
  expect(fs.readdirSync(parent).sort()).toEqual([".charts.backup", "charts"]);
});

it("what another process fills stays, and goes once another has its number", async () => {
  const { pid, start } = identify(process.ppid)!;
  const [filled, old, left] = [`.charts.${pid}-${start}`, `.charts.${pid}`, `.charts.${pid}-1`].map((name) =>
    path.join(parent, name),
  ) as [string, string, string];
  for (const folder of [filled, old, left]) fs.mkdirSync(folder);
  await makeWhole(path.join(parent, "charts"), async (scratch) => fs.writeFileSync(path.join(scratch, "a"), ""));
  expect(fs.readdirSync(parent).sort()).toEqual([path.basename(old), path.basename(filled), "charts"]);
});

/** Another process that makes the folder and, half-way, waits to be killed. The whole build, killed in two phases, is `npm run rehearse -- build`. */
it("what a process makes that is killed with -9 does not count as made; the next makes it, and leaves nothing of the first", async () => {
  const folder = path.join(parent, "pulumi-1");
  const fill = `async (scratch) => { require("fs").writeFileSync(scratch + "/half", ""); console.log("half-way"); setInterval(() => {}, 1000); await new Promise(() => {}); }`;
  const code = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-place-code-"));
  onTestFinished(() => fs.rmSync(code, { recursive: true }));
  const script = await compiled(
    code,
    `require("./embedded/toolchain/place").makeWhole(${JSON.stringify(folder)}, ${fill});`,
  );
  const maker = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise<void>((resolve, reject) => {
    maker.stdout.once("data", () => resolve());
    maker.once("close", (code) => reject(new Error(`ended with ${code} before it was half-way`)));
  });
  const [scratch] = fs.readdirSync(parent);
  expect(scratch).toMatch(new RegExp(`^\\.pulumi-1\\.${maker.pid}-\\d+$`));
  const closed = new Promise((resolve) => maker.once("close", (_, signal) => resolve(signal)));
  maker.kill("SIGKILL");
  expect(await closed).toBe("SIGKILL");
  expect(fs.readdirSync(parent)).toEqual([scratch]);

  await makeWhole(folder, async (scratch) => fs.writeFileSync(path.join(scratch, "whole"), ""));
  expect(fs.readdirSync(parent)).toEqual(["pulumi-1"]);
  expect(fs.readdirSync(folder)).toEqual(["whole"]);
});
