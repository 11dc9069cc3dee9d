import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { createWhole, isAbsence, isThere, namesIn, readIfThere, writeWhole } from "../../../base/files";
import { readLocalName, readSeatName, readStackName } from "../../../base/names";
import { plainNumber } from "../../../base/number";
import { processAnswer } from "../../../base/process-answer";
import { readYamlText } from "../../../base/yaml";
import { needs, withoutOwnProcess } from "../../support/needs";

describe("a file", () => {
  let folder: string;
  beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-reads-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));
  const at = (name: string) => path.join(folder, name);

  it("that is not there has no text, and a folder that is not there no names", () => {
    expect([readIfThere(at("none")), namesIn(at("none")), isThere(at("none"))]).toEqual([undefined, [], false]);
    fs.writeFileSync(at("file"), "text");
    expect([readIfThere(at("file")), namesIn(folder), isThere(at("file"))]).toEqual(["text", ["file"], true]);
  });

  it("that cannot be asked for is an error, and never an absence", () => {
    fs.writeFileSync(at("file"), "");
    fs.symlinkSync(at("loop"), at("loop"));
    for (const file of [at("file/below"), at("loop"), folder])
      expect(() => readIfThere(file), file).toThrow(/ENOTDIR|ELOOP|EISDIR/);
    for (const name of [at("file"), at("loop")]) expect(() => namesIn(name), name).toThrow(/ENOTDIR|ELOOP/);
    expect(isThere(at("loop"))).toBe(true);
    expect(
      ["ENOENT", "EACCES", "EMFILE", "EIO", "ENOTDIR", "ELOOP", undefined].map((code) => isAbsence({ code })),
    ).toEqual([true, false, false, false, false, false, false]);
  });

  it(
    "that is written has the mode of whoever writes it, everybody's to read where he says nothing",
    needs(withoutOwnProcess),
    () => {
      const umask = process.umask(0);
      try {
        writeWhole(at("plain"), "1");
        writeWhole(at("own"), "1", 0o600);
        writeWhole(at("own"), "2", 0o600);
        createWhole(at("once"), "1", 0o600);
      } finally {
        process.umask(umask);
      }
      expect(["plain", "own", "once"].map((name) => (fs.statSync(at(name)).mode & 0o777).toString(8))).toEqual([
        "644",
        "600",
        "600",
      ]);
      expect(fs.readFileSync(at("own"), "utf8")).toBe("2");
    },
  );

  it("that is made once is whole, and what else is in its way is an error", () => {
    expect([
      createWhole(at("once"), "first", 0o600),
      createWhole(at("once"), "second", 0o600),
      fs.readFileSync(at("once"), "utf8"),
    ]).toEqual([true, false, "first"]);
    expect(() => createWhole(at("missing/once"), "", 0o600)).toThrow("ENOENT");
    expect(fs.readdirSync(folder)).toEqual(["once"]);
  });
});

test.each<[string, string, boolean]>([
  ["a seat", "a", true],
  ["a seat", "a".repeat(63), true],
  ["a seat", "a".repeat(64), false],
  ["a seat", "1-2", true],
  ...["-a", "a-", "A", "a.b", "a_b", "a/b", "..", "a\n"].map((name): [string, string, boolean] => [
    "a seat",
    name,
    false,
  ]),
  ["a stack", "A", true],
  ["a stack", "9.a_b-", true],
  ["a stack", "a".repeat(100), true],
  ["a stack", "a".repeat(101), false],
  ...["-a", ".a", "_a", "a b", "a/b", "a\n"].map((name): [string, string, boolean] => ["a stack", name, false]),
])("%s may be named %j: %s", (what, name, valid) => {
  const read = what === "a seat" ? readSeatName : readLocalName;
  expect(read(name)).toEqual(valid ? { name } : { problem: expect.stringMatching(/letters/) });
});

test.each<[string, boolean]>([
  ["abc", true],
  ["a".repeat(40), true],
  ["ab", false],
  ["a".repeat(41), false],
  ["-ab", false],
  ["ab-", false],
  ["a.b", false],
])("an organization may be named %j: %s", (org, valid) => {
  const read = readStackName(`${org}/x`, { organizations: true });
  expect(read).toEqual(
    valid ? { name: `${org}/istio-lab/x` } : { problem: expect.stringContaining("cannot name an organization") },
  );
});

test.each<[string, number | undefined, number | undefined]>([
  ["0", 0, 0],
  ["7", 7, 7],
  ["-7", -7, -7],
  ["10", 10, 10],
  ["1.5", 1.5, undefined],
  ["50.0", 50, undefined],
  ["-0.5", -0.5, undefined],
  ...[
    "",
    " 1",
    "1 ",
    "+1",
    "01",
    "050",
    "-0",
    "-0.0",
    "-0.00",
    "1.",
    ".5",
    "1e3",
    "0x10",
    "1_000",
    "Infinity",
    "NaN",
    "1\n",
    "١",
  ].map((text): [string, undefined, undefined] => [text, undefined, undefined]),
])("%j is the number %s, and %s where it has to be whole", (text, number, whole) => {
  expect([plainNumber(text), plainNumber(text, true)]).toEqual([number, whole]);
});

test("a process is another user's where the kernel lets us send it nothing, and only one that it does not know is none", () => {
  expect([processAnswer(process.pid), processAnswer(4194304)]).toEqual(["this user's", "none"]);
  const kill = vi.spyOn(process, "kill");
  try {
    for (const [code, answer] of [
      ["EPERM", "another user's"],
      ["EINVAL", "another user's"],
      ["ESRCH", "none"],
    ] as const) {
      kill.mockImplementation(() => {
        throw Object.assign(new Error(code), { code });
      });
      expect(processAnswer(7), code).toBe(answer);
    }
    expect(kill.mock.calls.every(([pid, signal]) => pid === 7 && signal === 0)).toBe(true);
  } finally {
    kill.mockRestore();
  }
});

describe("a text in YAML", () => {
  const said = (text: string, options?: { shown: boolean }) =>
    readYamlText(text, options).problems.map(({ line, text, isStyle }) => `${line}${isStyle ? "~" : ""} ${text}`);

  it("has its value, whatever has to be said of its style", () => {
    expect(readYamlText("a: [1, 1.5, -2, text]\nb: '050'\n")).toMatchObject({
      value: { a: [1, 1.5, -2, "text"], b: "050" },
      problems: [],
    });
    expect(readYamlText("a: 050\n").value).toEqual({ a: 50 });
    // Nothing is odd in these: decimals with zeros behind, a number as a key, and what is no number in another spelling than its own.
    expect(readYamlText("a: 1.50\nb: 20.0\n1: x\nc: True\nd: ~\n")).toMatchObject({
      value: { a: 1.5, b: 20, 1: "x", c: true, d: null },
      problems: [],
    });
  });

  it.each<[string, RegExp]>([
    ["a: 1\n\tb: 2\n", /^2 /],
    ["a: 1\n---\nb: 2\n", /^\d begins a second document \(---\); only one is allowed$/],
    ["a: 1\na: 2\n", /^2 /],
    ["a: [1\n", /^\d is not YAML/],
    ["a: 1\nb: \u0007\n", /^2 has a control character that YAML does not allow$/],
    ["a: 1\nb: \0\n", /^2 has a NUL character: save it with character set UTF-8$/],
    ["a: 1\nb: \u007f\n", /^2 has a control character/],
    ["a: *none\n", /^1 has an alias \(\*name\) without an anchor \(&name\)$/],
    ["a: &x\n  b: *x\n", /^1 contains itself by an alias \(\*name\)$/],
    [
      `a: &x [${"1,".repeat(10)}]\nb: &y [${"*x,".repeat(10)}]\nc: &z [${"*y,".repeat(10)}]\nd: [${"*z,".repeat(10)}]\n`,
      /^1 repeats itself by aliases \(\*name\) more than 100 times$/,
    ],
    ["[".repeat(5_000), /^\d+ is (nested too deeply|no YAML)/],
  ])("that cannot be read has no value, and says where: %j", (text, problem) => {
    expect(readYamlText(text).value).toBeUndefined();
    expect(said(text).join("\n")).toMatch(problem);
  });

  it.each<[string, RegExp]>([
    ["a: 1\nb: 050\n", /^2~ 050 is not written as a plain decimal, .*; write 50, or "050" where it is a text$/],
    ["a: 0x10\n", /^1~ 0x10 .*write 16/],
    ["a: 1e3\n", /^1~ 1e3 .*write 1000/],
    ["a: +1\n", /^1~ \+1 /],
    ["a: 0000000000001\n", /^1~ a number is not written as a plain decimal, .*; write it so/],
    ["x: &x {a: 1}\nb:\n  <<: *x\n", /^3~ the merge key "<<" is not supported here/],
    ["a: 1\n__proto__: 2\n", /^2~ "__proto__" is not a key$/],
    ["a: 1\ntrue: 2\n", /^2~ a key is true; valid are texts/],
    ["? [a]\n: 1\n", /^1~ a key is a list; valid are texts/],
    ["? {a: 1}\n: 1\n", /^1~ a key is a map; valid are texts/],
    ["a: !x 1\n", /^1~ has a tag \(!…\), which is not supported here; put the text in quotes$/],
  ])("that other readers read in another way says so: %j", (text, problem) => {
    expect(said(text)).toEqual([expect.stringMatching(problem)]);
  });

  it("is shown by no message where it is a secret, and is taken up to its longest", () => {
    expect(said("a: 050\n", { shown: false })).toEqual([
      expect.stringMatching(/^1~ a number is not written as a plain decimal/),
    ]);
    const long = (length: number) => `a: 1 #${"x".repeat(length - 6)}`;
    expect(said(long(1 << 20))).toEqual([]);
    expect(said(long((1 << 20) + 1))).toEqual(["1 is longer than 1024 KiB"]);
    const aliases = (count: number) => `a: &x [1]\nb: [${"*x,".repeat(count)}]\n`;
    expect(said(aliases(90))).toEqual([]);
  });
});
