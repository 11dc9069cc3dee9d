import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { sampledLines } from "../../../cli/mutants/sample";
import { DECIDES, scopeOf } from "../../../cli/mutants/scope";
import { percentage, strykerSettings } from "../../../cli/mutants/settings";
import { projectRoot } from "../../../base/paths";

const scope = (...paths: string[]) => scopeOf(projectRoot, paths);

describe("what mutants are put into", () => {
  it("is all that decides, where nothing is named", () => {
    const { patterns, has } = scope();
    for (const entry of DECIDES)
      expect(
        patterns.some((pattern) => pattern === entry || pattern === `${entry}/**/*.ts`),
        entry,
      ).toBe(true);
    expect(has("cli/targets/azure/proof.ts")).toBe(true);
    expect(has("cli/terminal/progress.ts")).toBe(false);
  });

  it("is a file, a folder, or both, as they are named", () => {
    const { patterns, has } = scope("cli/class/roster/", "./cli/stack/heal.ts");
    expect(patterns).toEqual(["cli/class/roster/**/*.ts", "cli/stack/heal.ts", "!**/*.d.ts"]);
    expect(
      ["cli/class/roster/draft.ts", "cli/stack/heal.ts", "cli/class/roster.ts", "cli/stack/heal.ts.ts"].filter(has),
    ).toEqual(["cli/class/roster/draft.ts", "cli/stack/heal.ts"]);
  });

  it("is named by an absolute path as well", () => {
    expect(scope(path.join(projectRoot, "config.ts")).patterns).toEqual(["config.ts", "!**/*.d.ts"]);
  });

  it.each([
    ["cli/no-such", "does not exist"],
    ["..", "is outside the checkout"],
    ["/etc", "is outside the checkout"],
    [".", "is the whole checkout"],
    ["README.md", "is not a TypeScript file"],
    ["cli/run.mjs", "is not a TypeScript file"],
    ["cli/class/cards/text/bidi-js.d.ts", "is not a TypeScript file"],
    ["docs", "has no TypeScript files"],
    ["test/unit", "is not part of the product"],
    ["node_modules/zod", "is not part of the product"],
    [".git", "is not part of the product"],
    [".nothing", "is not part of the product"],
    ["test/no-such", "is not part of the product"],
    ["cli/*.ts", "has a character that is special in a pattern"],
    ["cli/stack/heal.ts,config.ts", "has a character that is special in a pattern"],
    ["config.ts:1-5", "has a character that is special in a pattern"],
  ])("is not %j, which %s", (typed, problem) => {
    expect(() => scope(typed)).toThrow(`- ${JSON.stringify(typed)} ${problem}\n`);
  });

  it("is refused with all that is wrong at once, and with what is right", () => {
    expect(() => scope("no-such", "cli/stack/heal.ts", "docs")).toThrow(
      'These cannot be mutated:\n- "no-such" does not exist\n- "docs" has no TypeScript files\nGive TypeScript files of the product, or folders that have some: cli/class/roster, cli/stack/heal.ts',
    );
  });
});

describe("a percentage", () => {
  it.each([
    [undefined, undefined],
    ["0", 0],
    ["85", 85],
    ["99.5", 99.5],
    ["100", 100],
  ])("%j is %j", (text, score) => expect(percentage("--break", text)).toBe(score));

  it.each(["", "-1", "101", "100.1", "1e1", "85%", "x", "NaN"])("is not %j", (text) => {
    expect(() => percentage("--break", text)).toThrow(
      `--break ${JSON.stringify(text)} is not a percentage: give a number from 0 to 100.`,
    );
  });

  it("is no less than the least one", () => {
    expect(percentage("--sample", "1", 1)).toBe(1);
    expect(() => percentage("--sample", "0", 1)).toThrow(
      '--sample "0" is not a percentage: give a number from 1 to 100.',
    );
  });
});

describe("a sample", () => {
  const { files } = scope();
  const some = files.filter((file) => file.startsWith("cli/class/"));

  it("is taken of the files that decide, and of no other", () => {
    expect(files).toEqual(expect.arrayContaining(["cli/targets/azure/proof.ts", "config.ts", "cli/stack/heal.ts"]));
    expect(
      files.filter(
        (file) =>
          !file.endsWith(".ts") ||
          file.endsWith(".d.ts") ||
          ["cli/class/board/html.ts", "cli/topology/svg.ts"].includes(file),
      ),
    ).toEqual([]);
  });

  it("is about that share of the lines, each within its file", () => {
    const lengths = new Map(
      some.map((file) => [
        file,
        fs
          .readFileSync(path.join(projectRoot, file), "utf8")
          .split("\n")
          .filter((line) => line.trim() !== "").length,
      ]),
    );
    const all = [...lengths.values()].reduce((sum, count) => sum + count, 0);
    expect(sampledLines(projectRoot, some, 100)).toHaveLength(all);
    expect(sampledLines(projectRoot, some, 10).length / all).toBeCloseTo(0.1, 1);
    for (const line of sampledLines(projectRoot, some, 10)) expect(line).toMatch(/^[\w./-]+\.ts:(\d+)-\1$/);
  });

  it("has the lines of every smaller one, the same ones each time", () => {
    const small = sampledLines(projectRoot, some, 5);
    expect(sampledLines(projectRoot, some, 5)).toEqual(small);
    expect(sampledLines(projectRoot, some, 20)).toEqual(expect.arrayContaining(small));
  });
});

describe("Stryker's settings", () => {
  const settings = (choice = {}) =>
    strykerSettings(
      { patterns: ["a.ts"], statics: false, anew: false, ...choice },
      { scratch: "/scratch", memory: "/lab/incremental.json" },
    );

  it("copy the checkout elsewhere, and take the copies away whatever happens", () => {
    expect(settings()).toMatchObject({
      mutate: ["a.ts"],
      tempDirName: "/scratch/copies",
      cleanTempDir: "always",
      incrementalFile: "/lab/incremental.json",
      jsonReporter: { fileName: "/scratch/report.json" },
    });
  });

  it("copy neither state nor keys of this checkout", () => {
    expect(settings().ignorePatterns).toEqual(expect.arrayContaining(["/.lab", "*.kubeconfig"]));
  });

  it("ask about what is computed while a module loads only when told, and anew only when told", () => {
    expect(settings()).toMatchObject({ ignoreStatic: true, force: false });
    expect(settings({ statics: true, anew: true })).toMatchObject({ ignoreStatic: false, force: true });
  });
});
