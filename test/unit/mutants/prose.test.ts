import * as path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../../base/paths";

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Plain JavaScript without types, as Stryker loads it. */
let plugin: { reasonToPassOver(path: { node: Node; parent?: Node }): string | undefined };
beforeAll(
  async () => void (plugin = (await import(path.join(projectRoot, "test/mutants/prose.mjs"))) as typeof plugin),
);

const name = (text: string): Node => ({ type: "Identifier", name: text });
const string = (value: string): Node => ({ type: "StringLiteral", value });
const template = (texts: string[], ...expressions: Node[]): Node => ({
  type: "TemplateLiteral",
  quasis: texts.map((raw) => ({ value: { raw } })),
  expressions,
});
const call = (method: string, argument: Node): Node => ({
  type: "CallExpression",
  callee: { type: "MemberExpression", object: name("text"), property: name(method) },
  arguments: [argument],
});
const isPassedOver = (node: Node, parent?: Node) => plugin.reasonToPassOver({ node, parent }) !== undefined;

describe("mutants in text", () => {
  it("are not made where people read it", () => {
    for (const text of [
      "The type check failed: tsc's messages are above.",
      "no such stack",
      "Stack a: `b` is gone",
      "3 seats (of 4)",
    ])
      expect(isPassedOver(string(text)), text).toBe(true);
    expect(isPassedOver(template(["stack ", " is gone"], name("stack")))).toBe(true);
    expect(isPassedOver(string("no such stack"), call("push", string("no such stack")))).toBe(true);
  });

  it("are made in names, tags, modes, paths and rules", () => {
    for (const text of [
      "",
      "istio-lab",
      "STRICT",
      "0600",
      "/api/v1/namespaces",
      "a.b",
      "^v\\d+$",
      "seat=",
      "a,b",
      "--yes",
    ])
      expect(isPassedOver(string(text)), text).toBe(false);
    expect(isPassedOver(template(["", "/", ""], name("namespace"), name("name")))).toBe(false);
  });

  it("are made where the text decides: it is compared, or looked for in an answer", () => {
    const text = string("not found");
    expect(isPassedOver(text, { type: "BinaryExpression", operator: "===", left: name("a"), right: text })).toBe(false);
    for (const method of ["includes", "startsWith", "endsWith", "split"])
      expect(isPassedOver(text, call(method, text)), method).toBe(false);
    expect(isPassedOver(text, { type: "SwitchCase", test: text })).toBe(false);
    expect(isPassedOver(text, { type: "BinaryExpression", operator: "+", left: name("a"), right: text })).toBe(true);
  });

  it("are made where the text chooses between two", () => {
    expect(isPassedOver(template(["stack ", " is gone"], { type: "ConditionalExpression", test: name("a") }))).toBe(
      false,
    );
    expect(
      isPassedOver(
        template(["stacks ", " are gone"], {
          type: "CallExpression",
          callee: name("list"),
          arguments: [{ type: "ArrowFunctionExpression" }],
        }),
      ),
    ).toBe(false);
  });
});
