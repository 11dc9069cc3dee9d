import { describe, expect, it, test } from "vitest";
import { z } from "zod";
import {
  choice,
  flag,
  isNot,
  validated,
  list,
  map,
  mapOf,
  names,
  number,
  text,
  value,
  withRule,
  type ReportProblem,
} from "../../../components/config-schema";
import { ConfigValue, isWithin, numberIn, withoutUnset } from "../../../components/config-value";
import { lockedPathsIn, secretPaths, secretTexts } from "../../../components/secret-texts";
import { validate } from "../../../components/validate";

/** What is read of a value at the key `k`, and what is reported of it. */
function reading<S extends z.ZodType>(
  value: unknown,
  schema: S,
  secrets: readonly string[] = [],
): { value: z.output<S> | undefined; told: string[] } {
  const { value: read, problems } = validate(map({ k: schema }), { k: value }, { secrets });
  return { value: (read as { k?: z.output<S> }).k, told: problems.map(({ path, text }) => `${path}: ${text}`) };
}

const whole = number({ from: 1, to: 10, whole: true });
const letters = names("letter", ["a", "b"]);
const each = map({
  a: flag(),
  b: number({ from: 1, to: 2 }),
  c: text(/./, "x"),
  d: mapOf(flag(), "NAME", isNot("y")),
  e: choice("z", ["w"]),
});

describe("a value", () => {
  it.each<[string, unknown, z.ZodType, unknown]>([
    ["a number at its lower edge", 1, whole, 1],
    ["a number at its upper edge", "10", whole, 10],
    ["a number with a part", "1.5", number({ from: 1, to: 2 }), 1.5],
    ["a flag", false, flag(), false],
    ["a flag as text", "false", flag(), false],
    ["the other flag as text", "true", flag(), true],
    ["a choice", "b", choice("letter", ["a", "b"]), "b"],
    ["names", ["b", "a"], letters, ["b", "a"]],
    ["no names", [], letters, []],
    ["a text", "ab", text(/^a/, "an a"), "ab"],
    [
      "a map of the user's own keys",
      { a: 1, b: "2" },
      mapOf(number({ from: 0, to: 9 }), "KEY", isNot("a map")),
      { a: 1, b: 2 },
    ],
    ["nothing", undefined, whole.optional(), undefined],
    ["its default", undefined, whole.default(3), 3],
    ["a map's defaults", undefined, map({ a: whole.default(3) }).prefault({}), { a: 3 }],
  ])("is read as what it is: %s", (_, value, schema, result) =>
    expect(reading(value, schema)).toEqual({ value: result, told: [] }),
  );

  it.each<[string, unknown, z.ZodType, string[]]>([
    ["below", 0, whole, ["k: 0 is not a whole number from 1 to 10"]],
    ["above", 11, whole, ["k: 11 is not a whole number from 1 to 10"]],
    ["not whole", 1.5, whole, ["k: 1.5 is not a whole number from 1 to 10"]],
    ["wrong in two ways", 11.5, whole, ["k: 11.5 is not a whole number from 1 to 10"]],
    ["whole in another spelling", "5.0", whole, ['k: "5.0" is not a whole number from 1 to 10']],
    ["a list for a number", [1], whole, ["k: [1] is not a whole number from 1 to 10"]],
    ["NaN", NaN, whole, ["k: null is not a whole number from 1 to 10"]],
    ["a word for a flag", "yes", flag(), ['k: "yes" is not true or false']],
    ["another choice", "c", choice("letter", ["a", "b"]), ['k: "c" is not a letter; valid: a, b']],
    [
      "a second name that is none, and one twice",
      ["a", "c", "a"],
      letters,
      ['k[1]: "c" is not a letter; valid: a, b', "k[2]: a is named twice"],
    ],
    ["a name that is missing", ["a", null], letters, ["k[1]: null is not a letter; valid: a, b"]],
    ["a text for names", "a", letters, ['k: "a" is not a list; valid is for instance ["a","b"]']],
    ["a number for a text", 7, text(/./, "a text"), ["k: 7 is not a text"]],
    ["a list for a map", [], map({}, "a map"), ["k: [] is not a map"]],
    ["null for a map", null, map({}, "a map"), ["k: null is not a map"]],
    [
      "two keys that are none",
      { a: 1, b: 2, c: 3 },
      map({ b: whole }),
      ["k.a: is not a key; valid: b", "k.c: is not a key; valid: b"],
    ],
    [
      "a key of JavaScript's",
      JSON.parse('{"__proto__": {"b": 1}}'),
      map({ b: whole.optional() }),
      ["k.__proto__: is not a key; valid: b"],
    ],
    [
      "each that is needed",
      {},
      each,
      [
        "k.a: is not set; valid is true or false",
        "k.b: is not set; valid is a number from 1 to 2",
        "k.c: is not set; valid is x",
        "k.d: is not set; valid is y",
        "k.e: is not set; valid: w",
      ],
    ],
    ["nothing where something is needed", undefined, whole, ["k: is not set; valid is a whole number from 1 to 10"]],
  ])("is refused by its path and what is valid: %s", (_, value, schema, told) =>
    expect(reading(value, schema).told).toEqual(told),
  );

  it("that is wrong reads as not set, and leaves what is beside it", () => {
    const schema = map({ a: whole.default(3), list: list(whole, "a list"), inner: map({ b: flag().optional() }) });
    expect(reading({ a: "x", list: [1, "y", 2], inner: { b: true, c: 1 } }, schema)).toEqual({
      value: { a: 3, list: [1, 2], inner: { b: true } },
      told: [
        'k.a: "x" is not a whole number from 1 to 10',
        'k.list[1]: "y" is not a whole number from 1 to 10',
        "k.inner.c: is not a key; valid: b",
      ],
    });
  });

  it("of a map is its own, and of a list the one at its place", () => {
    const at = new ConfigValue("k", { list: ["x", { y: 1 }] });
    expect([at.below("list").below(1).below("y").path, at.below("list").below(1).below("y").value]).toEqual([
      "k.list[1].y",
      1,
    ]);
    expect([
      at.below("toString").isSet,
      at.below("list").below(2).isSet,
      at.below("none").below("below").isSet,
      at.below(0).isSet,
    ]).toEqual([false, false, false, false]);
  });

  it("that is long is cut, and what looks like a key or a kubeconfig is not shown at all", () => {
    const shown = (value: unknown) => new ConfigValue("k", value).shown;
    expect(shown("x".repeat(398))).toBe(`"${"x".repeat(398)}"`);
    expect(shown("x".repeat(399))).toBe(`"${"x".repeat(399)}… (401 characters)`);
    for (const text of ["-----BEGIN EC PRIVATE KEY-----", "apiVersion: v1", '{"apiVersion": "v1"}'])
      expect(shown(text)).toBe(`a text of ${text.length} characters`);
    expect(shown({ a: "-----BEGIN RSA PRIVATE KEY-----" })).toBe("a map");
  });
});

describe("a rule", () => {
  const sum = (a: unknown, b: unknown) =>
    reading(
      { a, b, list: [] },
      withRule(map({ a: whole, b: whole, list: list(whole, "a list") }), ({ a, b }, report) => {
        report(["list"], { missing: true });
        if (a !== b) report(["b"], `${b} is not ${a}`, { valid: "the same as a", quotes: ["a"] });
      }),
    );

  it("is asked where a part of its map is wrong, and its problem stands at the part's place", () => {
    expect(sum(1, 2).told).toEqual(["k.b: 2 is not 1"]);
    expect(sum(11, 2).told).toEqual(["k.a: 11 is not a whole number from 1 to 10", "k.b: 2 is not 11"]);
  });

  it.each<[string, z.ZodType]>([
    ["a text", text(/x/, "x")],
    ["a value that is judged whole", validated("x", () => "is wrong")],
    ["a value that is of another type", value(() => false)],
    ["a list", names("letter", ["a"])],
    ["either of two", z.union([flag(), map({})])],
  ])("is asked beside %s that is wrong", (_, schema) => {
    const rule = withRule(map({ a: schema, b: whole }), (_, report) => report(["b"], "was asked"));
    expect(reading({ a: 7, b: 1 }, rule).told.at(-1)).toBe("k.b: was asked");
  });

  it("is not asked where the value itself is wrong", () => {
    const never = (report: ReportProblem) => report([], "was asked");
    expect(
      reading(
        0,
        withRule(whole, (_, report) => never(report)),
      ).told,
    ).toEqual(["k: 0 is not a whole number from 1 to 10"]);
    expect(
      reading(
        "x",
        withRule(map({}, "a map"), (_, report) => never(report)),
      ).told,
    ).toEqual(['k: "x" is not a map']);
  });

  it("reports what is missing, and after it the map that has it", () => {
    const schema = withRule(map({ a: whole.optional(), b: whole.optional() }), (_, report) => {
      report([], "is odd");
      report(["b"], { missing: true });
      report(["a"], { missing: true });
    });
    expect(reading({ b: 1 }, schema).told).toEqual([
      "k.a: is not set; valid is a whole number from 1 to 10",
      "k: is odd",
    ]);
  });

  it("says nothing of a secret that its text quotes", () => {
    const schema = withRule(map({ a: choice("letter", ["x"]), b: choice("letter", ["x"]) }), ({ a }, report) =>
      report(["b"], `is ${a}`, { valid: "another", quotes: ["a"] }),
    );
    expect(reading({ a: "x", b: "x" }, schema, ["k.a"]).told).toEqual([
      "k.b: a text of 1 characters is not valid here; valid is another",
    ]);
    expect(reading({ a: "x", b: "x" }, schema, ["k.c"]).told).toEqual(["k.b: is x"]);
  });
});

describe("a value of one form or another", () => {
  const either = z.union([flag(), map({ a: whole, b: whole })]).meta({ says: isNot("true, or a map") });
  it.each<[unknown, string[]]>([
    ["true", []],
    [{ a: 1, b: 1 }, []],
    [7, ["k: 7 is not true, or a map"]],
    [[], ["k: [] is not true, or a map"]],
    [
      { a: 0, c: 1 },
      [
        "k.c: is not a key; valid: a, b",
        "k.a: 0 is not a whole number from 1 to 10",
        "k.b: is not set; valid is a whole number from 1 to 10",
      ],
    ],
    [{ a: 1, b: 1, c: 1 }, ["k.c: is not a key; valid: a, b"]],
  ])("%j is refused by the form that is meant", (value, told) => expect(reading(value, either).told).toEqual(told));
});

describe("a secret", () => {
  const read = (value: unknown, secrets: string[]) => reading(value, map({ a: whole }), secrets).told;

  it.each<[string, string[], string]>([
    [
      "the value itself",
      ["k.a"],
      "k.a: a secret value (a text of one line, not shown) is not a whole number from 1 to 10",
    ],
    ["what it is in", ["k"], "k.a: a secret value (a text of one line, not shown) is not a whole number from 1 to 10"],
    ["everything", [""], "k.a: a secret value (a text of one line, not shown) is not a whole number from 1 to 10"],
    ["a part of it", ["k.a.b"], "k.a: a text of 7 characters is not a whole number from 1 to 10"],
    ["a place in it", ["k.a[0]"], "k.a: a text of 7 characters is not a whole number from 1 to 10"],
    ["another", ["k.b", "k.ab", "ka"], 'k.a: "hunter2" is not a whole number from 1 to 10'],
  ])("is in no message where that is %s", (_, secrets, told) =>
    expect(read({ a: "hunter2" }, secrets)).toEqual([told]),
  );

  it.each<[unknown, string]>([
    ["", "an empty text"],
    ["a\nb", "a text of several lines"],
    ["a\n", "a text of one line"],
    [7, "a number"],
    [null, "null"],
    [["a"], "a list"],
    [{ a: 1 }, "a map"],
  ])("%j is %s and no more", (value, kind) => {
    expect(reading(value, text(/^$|^x$/, "x"), ["k"]).told).toEqual(
      value === "" ? [] : [`k: a secret value (${kind}, not shown) is not x`],
    );
  });

  it("hides its keys, and its neighbours in a list", () => {
    const schema = map({ list: names("letter", ["a"]) });
    const told = reading({ hunter2: 1, list: ["hunter2", "hunter3"] }, schema, ["k"]).told;
    expect(told).toEqual([
      "k.(a key that is not shown): is not a key; valid: list",
      "k.list[0]: a secret value (a text of one line, not shown) is not a letter; valid: a",
      "k.list[1]: a secret value (a text of one line, not shown) is not a letter; valid: a",
    ]);
    const beside = reading(["hunter2", "hunter3"], names("letter", ["a"]), ["k[0]"]).told;
    expect(beside).toHaveLength(2);
    expect(beside.join()).not.toMatch(/hunter/);
  });

  it("may be in what is concealed, of which a key is shown only where it is a word", () => {
    const schema = map({ open: whole.optional().meta({ concealed: false }), shut: whole.optional() });
    const told = reading(
      { word: 1, "a hunter's": 2, ["x".repeat(32)]: 3, open: 0, shut: 0 },
      schema.meta({ concealed: true }),
      [],
    ).told;
    expect(told.map((line) => line.split(" is no")[0])).toEqual([
      "k.word:",
      "k.(a key of 10 characters):",
      "k.(a key of 32 characters):",
      "k.open: 0",
      "k.shut: a number",
    ]);
    const open = reading({ ["y".repeat(64)]: 1, ["z".repeat(65)]: 2 }, map({})).told;
    expect(open.map((line) => line.split(": ")[0])).toEqual([`k.${"y".repeat(64)}`, "k.(a key of 65 characters)"]);
  });

  it("is withheld from a text that has it in it, which is said as it is of others", () => {
    const refuse = (secrets: string[]) =>
      reading(
        "hunter2",
        withRule(text(/./, "x"), (_, report) => report([], "hunter2 is wrong", { valid: "right" })),
        secrets,
      ).told;
    expect([refuse([]), refuse(["k"])]).toEqual([
      ["k: hunter2 is wrong"],
      ["k: a secret value (a text of one line, not shown) is not valid here; valid is right"],
    ]);
  });

  it("is shown by a text of its own only as its value shows itself", () => {
    const schema = validated<string>(
      "x",
      () =>
        ({ shown }) =>
          `${shown} is wrong`,
    );
    expect([reading("hunter2", schema).told, reading("hunter2", schema, ["k"]).told]).toEqual([
      ['k: "hunter2" is wrong'],
      ["k: a secret value (a text of one line, not shown) is wrong"],
    ]);
  });
});

test.each<[string, string, boolean]>([
  ["a", "a", true],
  ["a.b", "a", true],
  ["a[0]", "a", true],
  ["ab", "a", false],
  ["a", "a.b", false],
  ["a", "", true],
  ["b.a", "a", false],
])("%s is within %j: %s", (path, ancestor, within) => {
  expect(isWithin(path, ancestor)).toBe(within);
});

test("a number is its plain decimal, and what is not set is left out", () => {
  expect(["7", "1.5", "050", "x", 7, true].map((value) => numberIn(value))).toEqual([7, 1.5, "050", "x", 7, true]);
  expect([numberIn("5.0", true), numberIn("5.5", true)]).toEqual(["5.0", 5.5]);
  expect(withoutUnset({ a: undefined, b: 0, c: "", d: false, e: null })).toEqual({ b: 0, c: "", d: false, e: null });
});

describe("the secrets of a config", () => {
  const raw = {
    blog: '{"https": {"key": "K", "port": 7, "on": true}, "names": ["one", {"two": "2"}]}',
    text: "plain",
    other: "open",
  };

  it("are each text of what is secret, and the keys of maps that are secret whole", () => {
    expect(secretTexts(raw, [])).toEqual([]);
    expect(secretTexts(raw, ["text"])).toEqual(["plain"]);
    expect(secretTexts(raw, ["blog"])).toEqual(["https", "key", "K", "port", "7", "on", "names", "one", "two", "2"]);
    expect(secretTexts({ blog: "[1]" }, ["blog"])).toEqual(["1"]);
    expect(secretTexts(raw, ["tex", "textual"])).toEqual([]);
  });

  it("have the paths that their file has locked, under the keys of the namespace", () => {
    const file =
      "config:\n  istio-lab:a: {secure: v1:x}\n  istio-lab:b: {c: [{secure: v1:y}, 1, {d: {secure: v1:z}}]}\n  istio-lab:e: {secure: v1:x, more: 1}\n  istio-lab:g: {secure: {h: 1}}\n  other:f: {secure: v1:x}\n  istio-lab-x:f: {secure: v1:x}\n";
    expect(lockedPathsIn(file, "istio-lab")).toEqual(["a", "b.c[0]", "b.c[2].d"]);
    for (const none of ["", "a: [", "config:\n", `environment: [x]\n${file}`])
      expect(lockedPathsIn(none, "istio-lab"), none).toEqual([]);
  });

  it("are the whole key where the file tells of none in it", () => {
    expect(secretPaths(["a", "b", "c"], ["b.x", "b.y[0]", "bc.z"])).toEqual(["a", "b.x", "b.y[0]", "c"]);
  });
});
