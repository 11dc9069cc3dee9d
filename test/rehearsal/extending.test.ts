import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { projectRoot } from "../../base/paths";
import { withExamples } from "../support/extended";

/** What docs/extending.md says of types: they follow from a folder and a line in each table. What the lab does with them is in unit/docs. */
let root: string;
beforeAll(() => {
  root = withExamples();
  // Everything that iterates over the tables. The test run's own reporter is not in it: it extends vitest's types, which a linked folder does not allow.
  const file = path.join(root, "tsconfig.json");
  const { compilerOptions } = JSON.parse(fs.readFileSync(file, "utf8")) as { compilerOptions: object };
  const include = [
    "index.ts",
    "components",
    "cli/stack/summary.ts",
    ...["check", "class", "picture", "preflight", "targets", "topology", "traffic"].map((folder) => `cli/${folder}`),
  ];
  fs.writeFileSync(file, JSON.stringify({ compilerOptions, include }));
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const types = () =>
  execa(process.execPath, [path.join(projectRoot, "node_modules/typescript-7/bin/tsc"), "--noEmit", "-p", "."], {
    cwd: root,
    all: true,
    reject: false,
  });

it("the types follow the examples' folders and their lines in the tables", async () => {
  const { exitCode, all } = await types();
  expect([exitCode, all]).toEqual([0, ""]);
});

it("a lesson that is not a lesson is refused where it is listed", async () => {
  const file = path.join(root, "components/lessons/greeting/index.ts");
  fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(/^ {2}namespace,$/m, ""));
  const { exitCode, all } = await types();
  expect(exitCode).not.toBe(0);
  expect(all).toMatch(/components\/lessons\/(greeting\/index|catalog)\.ts.*Property 'namespace' is missing/);
});
