import * as path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { localName, readLocalName, readSeatName, readStackName, shownName } from "../../../base/names";
import { anyText } from "../../support/texts";

const DIY = { organizations: false };
const SERVICE = { organizations: true };

describe("a stack's name has one normal form", () => {
  it.each([
    ["x2", "x2", "x2"],
    ["Team_1.x-2", "Team_1.x-2", "Team_1.x-2"],
    ["organization/x2", "x2", "organization/istio-lab/x2"],
    ["organization/istio-lab/x2", "x2", "organization/istio-lab/x2"],
  ])("%s", (text, diy, service) => {
    expect(readStackName(text, DIY)).toEqual({ name: diy });
    expect(readStackName(text, SERVICE)).toEqual({ name: service });
  });

  it("a backend with organizations keeps the organization, a DIY one has none", () => {
    expect(readStackName("acme/x2", SERVICE)).toEqual({ name: "acme/istio-lab/x2" });
    expect(readStackName("acme/istio-lab/x2", SERVICE)).toEqual({ name: "acme/istio-lab/x2" });
    expect(readStackName("acme/istio-lab/x2", DIY).problem).toBe(
      "this backend has no organization acme; the stack's name here is x2.",
    );
    expect(localName("acme/istio-lab/x2")).toBe("x2");
  });

  it.each([DIY, SERVICE])("a stack of another project is refused by name (%j)", (backend) => {
    expect(readStackName("organization/other/x2", backend).problem).toBe(
      "the stack is one of another project, other; the stacks here are of istio-lab, such as x2.",
    );
  });

  it.each(["", " ", "\t\n"])("%j is refused as empty", (text) => {
    for (const { problem } of [readStackName(text, DIY), readLocalName(text), readSeatName(text)])
      expect(problem).toMatch(/^the name is empty, as an unset shell variable makes it/);
  });

  it.each([
    "..",
    ".",
    "/",
    "//",
    "/x2",
    "x2/",
    "organization//x2",
    "a/b/c/x2",
    "organization/istio-lab/c/x2",
    "organization/istio-lab/..",
    "x2\n",
    "x2\0",
    " x2",
    "-x",
    "_x",
    "x".repeat(101),
    "ｘ２",
  ])("%j is refused", (text) => {
    for (const backend of [DIY, SERVICE])
      expect(readStackName(text, backend)).toEqual({ problem: expect.stringMatching(/./) });
    expect(() => localName(text)).toThrow();
  });

  it("any text: the normal form of a normal form is the same, and names one file", () => {
    fc.assert(
      fc.property(anyText(["organization/istio-lab/x2", "acme/x2", "x2"]), fc.boolean(), (text, organizations) => {
        const { name } = readStackName(text, { organizations });
        if (name === undefined) return;
        expect(readStackName(name, { organizations })).toEqual({ name });
        expect(path.basename(`/a/${localName(name)}`)).toBe(localName(name));
        expect(name.split("/")).toHaveLength(organizations && text.includes("/") ? 3 : 1);
      }),
    );
  });
});

describe("a text in a message", () => {
  it.each([
    ["x2", "x2"],
    ["Größe", "Größe"],
    ["", '""'],
    ["a b", '"a b"'],
    ["a\u001b[2Jb", '"a\\u001b[2Jb"'],
    ["a\u202eb", '"a\\u202eb"'],
    ["\u0000", '"\\u0000"'],
  ])("%j", (text, shown) => {
    expect(shownName(text)).toBe(shown);
  });

  it("is cut, and has nothing that a terminal obeys", () => {
    fc.assert(
      fc.property(anyText([]), (text) => {
        expect(shownName(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        expect(shownName(text).length).toBeLessThan(1000);
      }),
    );
  });
});
