import { existsSync, rmSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readRoster } from "../../../../cli/class/roster/read";
import { isWrittenFor, markLine, withoutMark, writeSeatFile } from "../../../../cli/class/roster/seat-file";
import { project, put, textOf } from "./project";

vi.mock("../../../../base/paths", async () => (await import("./project.js")).project);
const folder = project.projectRoot;
const id = "0b9cf0f4-3a5e-4c39-9d1b-7b8a1e0c5f52";
const owner = { id, seat: "k-01" };
const roster = (text = "") =>
  readRoster(put(folder, "course.yaml", `${text}seats: [{seat: k-01, trainee: Ada, config: {lessons: [blog]}}]`));
afterEach(() => ["k-01", "model"].forEach((stack) => rmSync(`${folder}/Pulumi.${stack}.yaml`, { force: true })));

describe("a stack file that `class up` makes", () => {
  it("says so in its first line, and keeps saying it", () => {
    const of = roster();
    writeSeatFile(of, of.seats[0]!, {}, id);
    const once = textOf(folder, "k-01")!;
    expect(once.split("\n")[0]).toBe(
      `# Written by \`npm run class -- up\` for class course (${id}), seat k-01: \`class destroy\` removes it. Without this line it stays.`,
    );
    writeSeatFile(of, of.seats[0]!, { mtls: "PERMISSIVE" }, id);
    expect(isWrittenFor(textOf(folder, "k-01")!, owner)).toBe(true);
  });

  it("is the user's where it was there before: the roster is laid over it, and nothing else", () => {
    put(folder, "Pulumi.k-01.yaml", "encryptionsalt: v1:x\nconfig:\n  istio-lab:target: embedded\n");
    const of = roster();
    writeSeatFile(of, of.seats[0]!, {}, id);
    expect(textOf(folder, "k-01")).toBe(
      "encryptionsalt: v1:x\nconfig:\n  istio-lab:target: embedded\n  istio-lab:lessons:\n    - blog\n",
    );
  });

  it("does not take over the line of the file it begins as a copy of", () => {
    put(
      folder,
      "Pulumi.model.yaml",
      `${markLine("monday", { id, seat: "model" })}# The model.\nconfig:\n  istio-lab:target: embedded\n`,
    );
    const of = roster("from: model\n");
    writeSeatFile(of, of.seats[0]!, {}, id);
    expect(textOf(folder, "k-01")).toBe(
      `${markLine("course", owner)}# The model.\nconfig:\n  istio-lab:target: embedded\n  istio-lab:lessons:\n    - blog\n`,
    );
    expect(existsSync(`${folder}/Pulumi.model.yaml`)).toBe(true);
  });
});

describe("the line", () => {
  const text = `${markLine("course", owner)}config: {}\n`;
  it.each([
    ["another class", { ...owner, id: "7e0b5a43-52f1-4d0a-8a6e-3f7a1d6a9c11" }],
    ["another seat", { ...owner, seat: "k-02" }],
    ["a seat whose name begins the same", { ...owner, seat: "k-0" }],
  ])("is no mark for %s", (_, other) => expect(isWrittenFor(text, other)).toBe(false));

  // As the CLI leaves it: `config set` and `stack init` keep comments, and put the salt below.
  it.each([
    ["with the salt below", `${text}encryptionsalt: v1:abc\n`],
    ["below a salt", `encryptionsalt: v1:abc\n${text}`],
    ["with line ends of Windows", text.replaceAll("\n", "\r\n")],
  ])("is found %s", (_, changed) => {
    expect(isWrittenFor(changed, owner)).toBe(true);
    expect(isWrittenFor(withoutMark(changed), owner)).toBe(false);
  });

  it("is none in a value, or in a comment of somebody's", () => {
    for (const other of [text.replace("#", "note: #"), text.replace("# Written", "## Written"), "config: {}\n"])
      expect(isWrittenFor(other, owner)).toBe(false);
  });
});
