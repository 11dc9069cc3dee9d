import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { generated } from "../../../cli/commands/docs";
import {
  declared,
  markers,
  referencePage,
  rowsOf,
  shortTable,
  usedKeys,
  withPart,
} from "../../../cli/docs/config-reference";
import { choice, flag, isNot, list, map, mapOf, names, nodeOf, number, text } from "../../../components/config-schema";
import { configKeys, configShape } from "../../../config";

const file = (name: string) => readFileSync(path.join(__dirname, "../../..", name), "utf8");
const rows = (key: string, schema: z.ZodType) =>
  rowsOf(key, nodeOf(schema)).map(({ path, valid, fallback, meaning }) => [path, valid, fallback, meaning].join(" | "));

it.each(Object.keys(generated))("%s is as the schemas say (`npm run docs` writes it)", (name) => {
  expect(file(name)).toBe(generated[name]!(file(name)));
});

it("every key has a meaning, however deep, and every key without a default says that it is required or what is taken", () => {
  const all = Object.entries(configShape).flatMap(([key, schema]) => rowsOf(key, nodeOf(schema)));
  expect(all.length).toBeGreaterThan(90);
  expect(all.filter(({ meaning }) => !/\w{3}/.test(meaning)).map(({ path }) => path)).toEqual([]);
  expect(all.filter(({ valid }) => valid === "").map(({ path }) => path)).toEqual([]);
});

it("README has ten of the keys, and every page that a key links is there", () => {
  expect(usedKeys).toHaveLength(10);
  expect(configKeys).toEqual(expect.arrayContaining(usedKeys));
  const links = [...file("docs/config.md").matchAll(/\]\(([^)]+)\)/g)].map(([, page]) => page!);
  expect(links).toContain("azure.md");
  for (const page of links) expect(existsSync(path.join(__dirname, "../../../docs", page)), page).toBe(true);
});

describe("the rows of a key", () => {
  const same = map({ a: flag().default(true).describe("An a.") });
  it.each<[string, z.ZodType, string[]]>([
    ["one that has to be given", choice("x", ["a", "b"]).describe("Of it."), ["k | a, b | required | Of it."]],
    [
      "one with a default",
      number({ from: 1, to: 2 }).default(0).describe("Of it."),
      ["k | a number from 1 to 2 | `0` | Of it."],
    ],
    ["one that may be left out", text(/./, "an x").optional().describe("Of it."), ["k | an x |  | Of it."]],
    [
      "one whose default is said in words",
      text(/./, "an x").optional().meta({ otherwise: "yours" }),
      ["k | an x | yours | "],
    ],
    ["names", names("x", ["a", "b"]).default(["b"]), ["k | a list of a, b | `b` | "]],
    ["an empty list", list(flag(), "flags").default([]), ["k | flags | none | "]],
    [
      "a map",
      map({ a: flag(), b: map({ c: flag().default(false) }).prefault({}) }),
      [
        "k | a map | required | ",
        "k.a | true or false | required | ",
        "k.b | a map |  | ",
        "k.b.c | true or false | `false` | ",
      ],
    ],
    [
      "a map with the user's keys",
      mapOf(flag().describe("Of each."), "NAME", isNot("x")).optional(),
      ["k | a map |  | ", "k.NAME | true or false |  | Of each."],
    ],
    [
      "a map or not",
      z.union([flag(), same]).default(false).meta({ valid: "true, or a map" }),
      ["k | true, or a map | `false` | ", "k.a | true or false | `true` | An a."],
    ],
    [
      "two of the same keys",
      map({ x: same, y: same.optional().describe("Y.") }),
      [
        "k | a map | required | ",
        "k.x | a map | required | ",
        "k.x.a | true or false | `true` | An a.",
        "k.y | a map |  | Y. It has the keys of `k.x`.",
      ],
    ],
  ])("%s", (_, schema, expected) => expect(rows("k", schema)).toEqual(expected));
});

describe("a page", () => {
  const shape = {
    flag: flag().default(false).describe("See docs/azure.md: a | b."),
    map: map({ x: flag().optional() }).prefault({}).describe("`A` map."),
  };

  it("in docs/ links its neighbours, and a bar ends no cell", () => {
    expect(referencePage(shape)).toContain(
      "| `flag` | true or false | `false` | See [docs/azure.md](azure.md): a \\| b. |",
    );
  });

  it("of Pulumi's declares its types and defaults", () => {
    expect(parse(declared({ ...shape, target: choice("t", ["a"]), list: names("n", ["a"]).default(["a"]) }))).toEqual({
      "istio-lab:flag": { type: "boolean", default: false, description: "See docs/azure.md: a | b." },
      "istio-lab:map": { type: "object", default: {}, description: "A map. Keys: x; see docs/config.md." },
      "istio-lab:target": { type: "string", description: " Valid: a." },
      "istio-lab:list": {
        type: "array",
        items: { type: "string" },
        default: ["a"],
        description: " Valid: a list of a.",
      },
    });
  });

  it("of README's links docs from the project's folder", () => {
    expect(shortTable(configShape)).toContain("[docs/azure.md](docs/azure.md)");
  });

  it("without its place is refused, and one with it keeps the rest", () => {
    const { begin, end } = markers["README.md"];
    expect(() => withPart("README.md", "# A", "t")).toThrow("README.md has no line");
    expect(() => withPart("README.md", `${begin}\nold`, "t")).toThrow("README.md has no line");
    expect(() => withPart("Pulumi.yaml", "name: x", "t")).toThrow("Pulumi.yaml has no line");
    expect(withPart("README.md", `a\n${begin}\nold\n${end}\nb`, "new")).toBe(`a\n${begin}\nnew\n${end}\nb`);
    expect(withPart("Pulumi.yaml", `a\n${markers["Pulumi.yaml"].begin}\nold\n`, "new")).toBe(
      `a\n${markers["Pulumi.yaml"].begin}\nnew\n`,
    );
  });
});
