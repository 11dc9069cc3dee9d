import { describe, expect, it, test } from "vitest";
import { Given, isWithin, numberIn, withoutUnset } from "../../../components/given";
import { lockedPathsIn, secretPaths, secretTexts } from "../../../components/secret-texts";

/** What is read of a value, and what is told of it. */
function reading<T>(value: unknown, read: (given: Given) => T, options: { secrets?: readonly string[] } = {}): { value: T; told: string[] } {
  const told: string[] = [];
  const result = read(new Given("k", value, (path, text) => void told.push(`${path}: ${text}`), options));
  return { value: result, told };
}
const whole = (given: Given) => given.number({ from: 1, to: 10, whole: true });

function needEach(given: Given): void {
  const { a, b, c, d, e } = given.fields(["a", "b", "c", "d", "e"]);
  a.needed.flag();
  b.needed.number({ from: 1, to: 2 });
  c.needed.text(/./, "x");
  d.needed.map("y");
  e.needed.choice("z", ["w"]);
}

describe("a value", () => {
  it.each<[string, unknown, (given: Given) => unknown, unknown]>([
    ["a number at its lower edge", 1, whole, 1],
    ["a number at its upper edge", "10", whole, 10],
    ["a number with a part", "1.5", (given) => given.number({ from: 1, to: 2 }), 1.5],
    ["a flag", false, (given) => given.flag(), false],
    ["a flag as text", "false", (given) => given.flag(), false],
    ["the other flag as text", "true", (given) => given.flag(), true],
    ["a choice", "b", (given) => given.choice("letter", ["a", "b"]), "b"],
    ["names", ["b", "a"], (given) => given.names("letter", ["a", "b"]), ["b", "a"]],
    ["no names", [], (given) => given.names("letter", ["a", "b"]), []],
    ["a text", "ab", (given) => given.text(/^a/, "an a"), "ab"],
    ["a map", { a: 1 }, (given) => given.map("a map"), { a: 1 }],
    ["entries", { a: 1, b: "2" }, (given) => given.entries("a map", (key, inner) => `${key}${inner.number({ from: 0, to: 9 })}`), { a: "a1", b: "b2" }],
    ["nothing", undefined, whole, undefined],
  ])("is read as what it is: %s", (_, value, read, result) => expect(reading(value, read)).toEqual({ value: result, told: [] }));

  it.each<[string, unknown, (given: Given) => unknown, string[]]>([
    ["below", 0, whole, ["k: 0 is not a whole number from 1 to 10"]],
    ["above", 11, whole, ["k: 11 is not a whole number from 1 to 10"]],
    ["not whole", 1.5, whole, ["k: 1.5 is not a whole number from 1 to 10"]],
    ["whole in another spelling", "5.0", whole, ['k: "5.0" is not a whole number from 1 to 10']],
    ["a list for a number", [1], whole, ["k: [1] is not a whole number from 1 to 10"]],
    ["NaN", NaN, whole, ["k: null is not a whole number from 1 to 10"]],
    ["a word for a flag", "yes", (given) => given.flag(), ['k: "yes" is not true or false']],
    ["another choice", "c", (given) => given.choice("letter", ["a", "b"]), ['k: "c" is no letter; valid: a, b']],
    ["a second name that is none, and one twice", ["a", "c", "a"], (given) => given.names("letter", ["a", "b"]), ['k[1]: "c" is no letter; valid: a, b', "k[2]: a is named twice"]],
    ["a name that is missing", ["a", null], (given) => given.names("letter", ["a", "b"]), ["k[1]: null is no letter; valid: a, b"]],
    ["a text for names", "a", (given) => given.names("letter", ["a", "b"]), ['k: "a" is not a list; valid is for instance ["a","b"]']],
    ["a number for a text", 7, (given) => given.text(/./, "a text"), ["k: 7 is not a text"]],
    ["a list for a map", [], (given) => given.map("a map"), ["k: [] is not a map"]],
    ["null for a map", null, (given) => given.map("a map"), ["k: null is not a map"]],
    ["two keys that are none", { a: 1, b: 2, c: 3 }, (given) => given.fields(["b"]), ["k.a: is no key; valid: b", "k.c: is no key; valid: b"]],
    ["a key of JavaScript's", JSON.parse('{"__proto__": {"b": 1}}'), (given) => given.fields(["b"]).b.value, ["k.__proto__: is no key; valid: b"]],
    ["each that is needed", {}, needEach, ["k.a: is not set; valid is true or false", "k.b: is not set; valid is a number from 1 to 2", "k.c: is not set; valid is x", "k.d: is not set; valid is y", "k.e: is not set; valid: w"]],
  ])("is refused by its path and what is valid: %s", (_, value, read, told) => expect(reading(value, read).told).toEqual(told));

  it("of a map is its own, and of a list the one at its place", () => {
    const given = new Given("k", { list: ["x", { y: 1 }] }, () => undefined);
    expect([given.at("list").item(1).at("y").path, given.at("list").item(1).at("y").value]).toEqual(["k.list[1].y", 1]);
    expect([given.at("toString").isSet, given.at("list").item(2).isSet, given.at("none").at("below").isSet, given.item(0).isSet]).toEqual([false, false, false, false]);
  });

  it("that is long is cut, and what looks like a key or a kubeconfig is not shown at all", () => {
    const shown = (value: unknown) => new Given("k", value, () => undefined).shown;
    expect(shown("x".repeat(398))).toBe(`"${"x".repeat(398)}"`);
    expect(shown("x".repeat(399))).toBe(`"${"x".repeat(399)}… (401 characters)`);
    for (const text of ["-----BEGIN EC PRIVATE KEY-----", "apiVersion: v1", '{"apiVersion": "v1"}']) expect(shown(text)).toBe(`a text of ${text.length} characters`);
    expect(shown({ a: "-----BEGIN RSA PRIVATE KEY-----" })).toBe("a map");
  });
});

describe("a secret", () => {
  const read = (value: unknown, secrets: string[]) => reading(value, (given) => whole(given.at("a")), { secrets }).told;

  it.each<[string, string[], string]>([
    ["the value itself", ["k.a"], "k.a: a secret value (a text of one line, not shown) is not a whole number from 1 to 10"],
    ["what it is in", ["k"], "k.a: a secret value (a text of one line, not shown) is not a whole number from 1 to 10"],
    ["everything", [""], "k.a: a secret value (a text of one line, not shown) is not a whole number from 1 to 10"],
    ["a part of it", ["k.a.b"], "k.a: a text of 7 characters is not a whole number from 1 to 10"],
    ["a place in it", ["k.a[0]"], "k.a: a text of 7 characters is not a whole number from 1 to 10"],
    ["another", ["k.b", "k.ab", "ka"], 'k.a: "hunter2" is not a whole number from 1 to 10'],
  ])("is in no message where that is %s", (_, secrets, told) => expect(read({ a: "hunter2" }, secrets)).toEqual([told]));

  it.each<[unknown, string]>([["", "an empty text"], ["a\nb", "a text of several lines"], ["a\n", "a text of one line"], [7, "a number"], [null, "null"], [["a"], "a list"], [{ a: 1 }, "a map"]])("%j is %s and no more", (value, kind) => {
    expect(reading(value, (given) => given.text(/^$|^x$/, "x"), { secrets: ["k"] }).told).toEqual(value === "" ? [] : [`k: a secret value (${kind}, not shown) is not x`]);
  });

  it("hides its keys, and its neighbours in a list", () => {
    const told = reading({ hunter2: 1, list: ["hunter2", "hunter3"] }, (given) => void given.fields(["list"]).list.names("letter", ["a"]), { secrets: ["k"] }).told;
    expect(told).toEqual(["k.(a key that is not shown): is no key; valid: list", "k.list[0]: a secret value (a text of one line, not shown) is no letter; valid: a", "k.list[1]: a secret value (a text of one line, not shown) is no letter; valid: a"]);
    const beside = reading(["hunter2", "hunter3"], (given) => given.names("letter", ["a"]), { secrets: ["k[0]"] }).told;
    expect(beside.join()).not.toMatch(/hunter/);
  });

  it("may be in what is concealed, of which a key is shown only where it is a word", () => {
    const told = reading({ word: 1, "a hunter's": 2, ["x".repeat(32)]: 3 }, (given) => void given.concealed.fields([]), {}).told;
    expect(told.map((line) => line.split(": ")[0])).toEqual(["k.word", "k.(a key of 10 characters)", "k.(a key of 32 characters)"]);
    const open = reading({ ["y".repeat(64)]: 1, ["z".repeat(65)]: 2 }, (given) => void given.fields([])).told;
    expect(open.map((line) => line.split(": ")[0])).toEqual([`k.${"y".repeat(64)}`, "k.(a key of 65 characters)"]);
  });

  it("is withheld from a text that has it in it, which is said as it is of others", () => {
    const refuse = (secrets: string[]) => reading("hunter2", (given) => given.refuse("hunter2 is wrong", "right"), { secrets }).told;
    expect([refuse([]), refuse(["k"])]).toEqual([["k: hunter2 is wrong"], ["k: a secret value (a text of one line, not shown) is not valid here; valid is right"]]);
  });
});

test.each<[string, string, boolean]>([["a", "a", true], ["a.b", "a", true], ["a[0]", "a", true], ["ab", "a", false], ["a", "a.b", false], ["a", "", true], ["b.a", "a", false]])("%s is within %j: %s", (path, ancestor, within) => {
  expect(isWithin(path, ancestor)).toBe(within);
});

test("a number is its plain decimal, and what is not set is left out", () => {
  expect(["7", "1.5", "050", "x", 7, true].map((value) => numberIn(value))).toEqual([7, 1.5, "050", "x", 7, true]);
  expect([numberIn("5.0", true), numberIn("5.5", true)]).toEqual(["5.0", 5.5]);
  expect(withoutUnset({ a: undefined, b: 0, c: "", d: false, e: null })).toEqual({ b: 0, c: "", d: false, e: null });
});

describe("the secrets of a config", () => {
  const raw = { blog: '{"https": {"key": "K", "port": 7, "on": true}, "names": ["one", {"two": "2"}]}', text: "plain", other: "open" };

  it("are each text of what is secret, and the keys of maps that are secret whole", () => {
    expect(secretTexts(raw, [])).toEqual([]);
    expect(secretTexts(raw, ["text"])).toEqual(["plain"]);
    expect(secretTexts(raw, ["blog"])).toEqual(["https", "key", "K", "port", "7", "on", "names", "one", "two", "2"]);
    expect(secretTexts({ blog: "[1]" }, ["blog"])).toEqual(["1"]);
    expect(secretTexts(raw, ["tex", "textual"])).toEqual([]);
  });

  it("have the paths that their file has locked, under the keys of the namespace", () => {
    const file = 'config:\n  istio-lab:a: {secure: v1:x}\n  istio-lab:b: {c: [{secure: v1:y}, 1, {d: {secure: v1:z}}]}\n  istio-lab:e: {secure: v1:x, more: 1}\n  istio-lab:g: {secure: {h: 1}}\n  other:f: {secure: v1:x}\n  istio-lab-x:f: {secure: v1:x}\n';
    expect(lockedPathsIn(file, "istio-lab")).toEqual(["a", "b.c[0]", "b.c[2].d"]);
    for (const none of ["", "a: [", "config:\n", `environment: [x]\n${file}`]) expect(lockedPathsIn(none, "istio-lab"), none).toEqual([]);
  });

  it("are the whole key where the file tells of none in it", () => {
    expect(secretPaths(["a", "b", "c"], ["b.x", "b.y[0]", "bc.z"])).toEqual(["a", "b.x", "b.y[0]", "c"]);
  });
});
