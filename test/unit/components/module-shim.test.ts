import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { moduleProvider } from "../../../components/cluster/module-shim";

/** A project folder with the code as the state keeps it, and a TypeScript module that it should find. */
let project: string;

beforeAll(() => {
  project = mkdtempSync(path.join(tmpdir(), "shim-"));
  symlinkSync(path.resolve(__dirname, "../../../node_modules"), path.join(project, "node_modules"));
  writeFileSync(path.join(project, "package.json"), '{"type": "commonjs"}');
  writeFileSync(path.join(project, "kept.js"), moduleProvider("operations.ts", "echo"));
});

afterAll(() => rmSync(project, { recursive: true }));

/** Writes the module and makes these calls by the kept code, in a process of their own whose working folder is the project. */
function call(answer: string, ...expressions: string[]): unknown[] {
  writeFileSync(
    path.join(project, "operations.ts"),
    `const answer = (name: string) => async (...given: unknown[]): Promise<unknown> => [name, ${JSON.stringify(answer)}, ...given];
     export const echo = { diff: answer("diff"), create: answer("create"), read: answer("read"), update: answer("update"), delete: answer("delete") };`,
  );
  const calls = expressions.map((expression) => `require("./kept.js").handler().${expression}`);
  const script = `Promise.all([${calls.join()}]).then((results) => console.log(JSON.stringify(results)))`;
  return JSON.parse(execFileSync(process.execPath, ["-e", script], { cwd: project, encoding: "utf8" }));
}

const calls: readonly [string, unknown[]][] = [
  ["create({ a: 1 })", ["create", "today", { a: 1 }]],
  ['diff("id", { a: 1 }, { a: 2 })', ["diff", "today", "id", { a: 1 }, { a: 2 }]],
  ['read("id", { a: 1 })', ["read", "today", "id", { a: 1 }]],
  ['update("id", { a: 1 }, { a: 2 })', ["update", "today", "id", { a: 1 }, { a: 2 }]],
  ['delete("id", { a: 1 })', ["delete", "today", "id", { a: 1 }]],
];

test("each operation reaches the TypeScript module of the working folder, and the kept code runs the module as it is now", () => {
  const results = call("today", ...calls.map(([expression]) => expression));
  expect(calls.map(([expression], place) => [expression, results[place]])).toEqual(calls);
  expect(call("tomorrow", "create({})")).toEqual([["create", "tomorrow", {}]]);
});

test("where the checkout has a bundle, the kept code takes the operations from it", () => {
  mkdirSync(path.join(project, "launch"));
  writeFileSync(
    path.join(project, "launch/operations.cjs"),
    `exports.operations = (file, exported) => ({ create: async (inputs) => ["bundled", file, exported, inputs] });`,
  );
  expect(call("today", "create({ a: 1 })")).toEqual([["bundled", "operations.ts", "echo", { a: 1 }]]);
});
