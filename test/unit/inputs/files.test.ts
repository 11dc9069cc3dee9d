import * as fs from "node:fs";
import * as path from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { readRoster } from "../../../cli/class/roster/read";
import { readOverlay } from "../../../cli/class/roster/overlay";
import { fileConfig, targetOf } from "../../../cli/stack/stack";
import { project, put } from "../class/roster/project";

vi.mock("../../../base/paths", async () => (await import("../class/roster/project.js")).project);

const SEATS = "seats: [{seat: k-01, trainee: Ada}]\n";
const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [${Array(10).fill("*a").join()}]\nc: &c [${Array(10).fill("*b").join()}]\nd: [${Array(10).fill("*c").join()}]\n`;
/** A text, its line, and what is said of it. */
const bad: [string, string, RegExp][] = [
  [
    "a key twice",
    "config:\n  istio-lab:mtls: STRICT\n  istio-lab:mtls: PERMISSIVE\n",
    /line 3: is not YAML: Map keys must be unique/,
  ],
  ["an alias bomb", bomb, /line 1: repeats itself by aliases \(\*name\) more than 100 times/],
  ["a list in itself", "config: &a [*a]\n", /line 1: contains itself by an alias/],
  ["an alias of nothing", "config: *nobody\n", /line 1: has an alias \(\*name\) without an anchor \(&name\)/],
  ["a tab", "config:\n\tistio-lab:mtls: STRICT\n", /line 2: is indented with a tab/],
  ["two documents", "config: {}\n---\nconfig: {}\n", /line 2: begins a second document/],
  ["a NUL", "config: {}\nx: a\u0000b\n", /line 2: has a NUL character/],
  ["no end of brackets", `config: ${"[".repeat(20_000)}\n`, /line 1: is nested too deeply/],
  ["a merge key", "config:\n  <<: {}\n", /line 2: the merge key "<<" is not supported here/],
  ["__proto__", "config:\n  __proto__: {}\n", /line 2: "__proto__" is not a key/],
  ["a map as a key", "config:\n  ? {a: 1}\n  : 2\n", /line 2: a key is a map/],
  ["nothing as a key", "config:\n  null: 2\n", /line 2: a key is null/],
  ["a tag", "config:\n  x: !!js/function f\n", /line 2: has a tag/],
  [
    "050",
    "config:\n  x: 050\n",
    /line 2: 050 is not written as a plain decimal, .* write 50, or "050" where it is a text/,
  ],
  ["0x32", "config:\n  x: [0x32]\n", /line 2: 0x32 is not/],
  ["5e1", "config:\n  x: 5e1\n", /line 2: 5e1 is not/],
  ["+50", "config:\n  x: +50\n", /line 2: \+50 is not/],
  ["0o62", "config:\n  x: 0o62\n", /line 2: 0o62 is not/],
];

function said(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect((error as Error).name, String((error as Error).stack)).toBe("UserError");
    return (error as Error).message;
  }
  throw new Error("it was taken");
}

describe.each(bad)("%s", (_, text, message) => {
  test("in a stack's file is refused with the file's name and the line", () => {
    put(project.projectRoot, "Pulumi.odd.yaml", `${text}`);
    expect(said(() => fileConfig("odd"))).toMatch(new RegExp(`^Pulumi\\.odd\\.yaml: ${message.source}`, "m"));
  });

  test("in a roster as well", () => {
    const file = put(project.projectRoot, "course.yaml", text + SEATS);
    expect(said(() => readRoster(file))).toMatch(message);
    expect(said(() => readRoster(file))).toContain(file);
  });

  test("in the file of a seat, or of the stack that seats begin with", () => {
    put(project.projectRoot, "Pulumi.k-07.yaml", text);
    expect(said(() => readRoster(put(project.projectRoot, "own.yaml", "seats: [{seat: k-07, trainee: Ada}]")))).toMatch(
      new RegExp(`Pulumi\\.k-07\\.yaml: ${message.source}`),
    );
    fs.rmSync(path.join(project.projectRoot, "Pulumi.k-07.yaml"));
    put(project.projectRoot, "Pulumi.odd.yaml", text);
    expect(said(() => readRoster(put(project.projectRoot, "from.yaml", `from: odd\n${SEATS}`)))).toMatch(
      new RegExp(`Pulumi\\.odd\\.yaml: ${message.source}`),
    );
  });
});

describe("a file that is none", () => {
  beforeEach(() => fs.rmSync(path.join(project.projectRoot, "Pulumi.odd.yaml"), { recursive: true, force: true }));
  test("a folder", () => {
    fs.mkdirSync(path.join(project.projectRoot, "Pulumi.odd.yaml"));
    expect(said(() => fileConfig("odd"))).toBe("Pulumi.odd.yaml: is a folder.");
    expect(said(() => targetOf("odd"))).toBe("Pulumi.odd.yaml: is a folder.");
    fs.mkdirSync(path.join(project.projectRoot, "folder.yaml"), { recursive: true });
    expect(said(() => readRoster(path.join(project.projectRoot, "folder.yaml")))).toMatch(
      /folder\.yaml: the file is a folder\.$/,
    );
  });
  test("a device without end", () => {
    fs.symlinkSync("/dev/zero", path.join(project.projectRoot, "Pulumi.odd.yaml"));
    expect(said(() => fileConfig("odd"))).toBe("Pulumi.odd.yaml: is not a file but a device, a pipe or a socket.");
  });
  test("UTF-16, with and without its mark", () => {
    put(project.projectRoot, "Pulumi.odd.yaml", Buffer.from("\ufeffconfig: {}\n", "utf16le"));
    expect(said(() => fileConfig("odd"))).toMatch(/^Pulumi\.odd\.yaml: is not in UTF-8/);
    put(project.projectRoot, "Pulumi.odd.yaml", Buffer.from("config: {}\n", "utf16le"));
    expect(said(() => fileConfig("odd"))).toMatch(
      /^Pulumi\.odd\.yaml: line 1: has a NUL character: save it with character set UTF-8/,
    );
    expect(
      said(() => readRoster(put(project.projectRoot, "wide.csv", Buffer.from("seat,trainee\nk,Ada\n", "utf16le")))),
    ).toMatch(/has a NUL character/);
  });
  test("one that is too large", () => {
    put(project.projectRoot, "Pulumi.odd.yaml", `#${"x".repeat(9 << 20)}\n`);
    expect(said(() => fileConfig("odd"))).toBe("Pulumi.odd.yaml: is larger than 8 MiB.");
  });
  test("UTF-8 with its mark is right", () => {
    put(project.projectRoot, "Pulumi.odd.yaml", "\ufeffconfig:\n  istio-lab:target: embedded\n");
    expect(fileConfig("odd")).toEqual({ target: "embedded" });
  });
});

describe("a cell of a CSV, and --set", () => {
  const roster = () => readRoster(put(project.projectRoot, "course.csv", "seat,trainee\nk-01,Ada\n"));
  test.each([
    ["{v1: 50, v1: 1, v3: 50}", "is not YAML: Map keys must be unique"],
    ["{v1: 050, v3: 50}", "a number is not written as a plain decimal"],
    ["{v1: 5e1, v3: 50}", "a number is not written as a plain decimal"],
    ["{a: &a [*a]}", "contains itself by an alias"],
    ["{<<: {v1: 50}, v3: 50}", 'the merge key "<<" is not supported here'],
  ])("%s", (value, text) => {
    expect(
      said(() =>
        readRoster(put(project.projectRoot, "cells.csv", `seat,trainee,canary.reviews\nk-01,Ada,"${value}"\n`)),
      ),
    ).toMatch(`line 2: canary.reviews ${text}`);
    expect(said(() => readOverlay([`canary.reviews=${value}`], roster()))).toMatch(`--set: canary.reviews ${text}`);
  });
  test.each(["050", "5e1", "+50", "0x32", "50.0"])("a number as %s", (value) => {
    expect(said(() => readOverlay([`canary.reviews={v1: "${value}", v3: 50}`], roster()))).toContain(
      `istio-lab:canary.reviews.v1: "${value}" is text`,
    );
    expect(said(() => readOverlay([`minikube.cpus=${value}`], roster()))).toContain("istio-lab:minikube.cpus: ");
  });
});

describe("a seat that stands with what is not valid any more", () => {
  const text = "seat,trainee,embedded.addressRange\nk-01,Ada,100.64.0.0/30\n";
  test("is not brought up", () =>
    expect(said(() => readRoster(put(project.projectRoot, "old.csv", text)))).toContain(
      '"100.64.0.0/30" is not in private space',
    ));
  test("can be looked at and taken away", () => {
    expect(
      readRoster(put(project.projectRoot, "old.csv", text), { configs: "any" }).seats.map(({ seat }) => seat),
    ).toEqual(["k-01"]);
    put(
      project.projectRoot,
      "Pulumi.odd.yaml",
      "config:\n  istio-lab:target: existing\n  istio-lab:telemetry: {sampling: 050}\n",
    );
    expect(targetOf("odd")).toBe("existing");
  });
});
