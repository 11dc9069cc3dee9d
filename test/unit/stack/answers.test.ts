import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { az } from "../../../cli/targets/azure/az";
import { deploymentIn, stacksIn } from "../../../cli/stack/answers";
import { openWorkspace } from "../../../cli/stack/workspace";

describe("pulumi stack export", () => {
  it("leaves out the lists that are empty", () => {
    expect(deploymentIn('{"version":3,"deployment":{"manifest":{}}}')).toEqual({ resources: [], operations: [] });
    expect(
      deploymentIn(
        '{"deployment":{"resources":[{"urn":"u","type":"t"}],"pending_operations":[{"type":"creating","resource":{"urn":"v","type":"t"}}]}}',
      ),
    ).toEqual({
      resources: [{ urn: "u", type: "t" }],
      operations: [{ type: "creating", resource: { urn: "v", type: "t" } }],
    });
  });

  it.each([
    "",
    "{}",
    "null",
    '{"deployment":null}',
    '{"deployment":5}',
    '{"deployment":"none"}',
    '{"deployment":{"resources":{}}}',
    '{"deployment":{"resources":[{"type":"t"}]}}',
    '{"deployment":{"resources":[{"urn":"u"}]}}',
    '{"deployment":{"resources":[{"urn":"u","type":"t"},{"urn":"v","type":1}]}}',
    '{"deployment":{"resources":[{"urn":"u","type":"t"},null]}}',
    '{"deployment":{"pending_operations":2}}',
    '{"deployment":{"pending_operations":[{}]}}',
    '{"deployment":{"pending_operations":[null]}}',
    '{"deployment":{"pending_operations":[{"resource":{"urn":"u","type":"t"}},{"resource":{"urn":"v"}}]}}',
  ])("%j is an error, and not an empty stack", (text) => {
    expect(() => deploymentIn(text)).toThrow(
      /^What `pulumi stack export` printed cannot be parsed, and nothing is concluded from it\. It begins with: "/,
    );
  });

  it("of any JSON is a deployment or an error", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(() => deploymentIn(text)).toThrow("`pulumi stack export`");
      }),
    );
  });
});

describe("pulumi stack ls", () => {
  it("is a list of names", () =>
    expect(stacksIn('[{"name":"x2","current":true}]')).toEqual([{ name: "x2", current: true }]));
  it.each(["", "{}", "null", '[{"current":true}]', '[{"name":"x2"},{"name":2}]', "[null]", '{"stacks":[]}'])(
    "%j is an error, and not no stack",
    (text) => expect(() => stacksIn(text)).toThrow("What `pulumi stack ls --json` printed cannot be parsed"),
  );
});

describe("on this machine", () => {
  let folder: string;
  afterEach(() => {
    vi.unstubAllEnvs();
    fs.rmSync(folder, { recursive: true });
  });
  const stubbed = (variables: Record<string, string>) => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-answers-"));
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value.replaceAll("FOLDER", folder));
  };

  it.each([
    [
      "cannot be read",
      (file: string) => fs.mkdirSync(file),
      /credentials\.json cannot be read \(EISDIR.*`npx pulumi login`/,
    ],
    [
      "is broken",
      (file: string) => fs.writeFileSync(file, "{"),
      /credentials\.json cannot be read \(.*`npx pulumi login`/,
    ],
  ])("a login that %s is not no login, which would be another backend", (_, become, message) => {
    stubbed({ PULUMI_HOME: "FOLDER", ISTIO_LAB_HOME: "FOLDER/lab", PULUMI_BACKEND_URL: "", PULUMI_ACCESS_TOKEN: "" });
    become(path.join(folder, "credentials.json"));
    expect(() => openWorkspace()).toThrow(message);
  });

  it("an az that prints no JSON gave no answer", async () => {
    stubbed({ PATH: `FOLDER${path.delimiter}${process.env.PATH}` });
    fs.writeFileSync(path.join(folder, "az"), "#!/bin/sh\necho 'WARNING: upgrade'\n", { mode: 0o755 });
    await expect(az.ask(["group", "list"])).rejects.toThrow(
      expect.objectContaining({ missing: "answer", message: "az group list did not print JSON: WARNING: upgrade" }),
    );
  });
});
