import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { touches } from "../../../cli/preview/changes";
import { programChanges } from "../../../cli/preview/program";
import { changeText } from "../../../cli/preview/text";

/** A `pulumi` that notes its words, prints a document and ends as it is told. */
let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "preview-"));
  fs.writeFileSync(
    path.join(folder, "pulumi"),
    '#!/bin/sh\necho "$*" > "$0.words"\n[ "$DOCUMENT" = wait ] && exec sleep 60\nprintf "%s" "$DOCUMENT"\nexit "$ENDS"\n',
    { mode: 0o755 },
  );
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const workspace = (printed: unknown, ends = 0) => ({
  env: {
    PATH: `${folder}:${process.env.PATH}`,
    DOCUMENT: typeof printed === "string" ? printed : JSON.stringify(printed),
    ENDS: String(ends),
  },
});

const urn = (name: string) => `urn:pulumi:x::istio-lab::kubernetes:x:Y::${name}`;
const peerAuthentication = (mode: string) => ({
  type: "kubernetes:security.istio.io/v1:PeerAuthentication",
  custom: true,
  inputs: { metadata: { namespace: "client", name: "default" }, spec: { mtls: { mode } } },
});

describe("what the program would change", () => {
  it("is asked of the stack that is named, and told by object and field", async () => {
    const { changes } = await programChanges(
      workspace({
        steps: [
          {
            op: "same",
            urn: urn("same"),
            oldState: peerAuthentication("STRICT"),
            newState: peerAuthentication("STRICT"),
          },
          { op: "create", urn: urn("made"), newState: peerAuthentication("STRICT") },
          {
            op: "update",
            urn: urn("changed"),
            oldState: peerAuthentication("PERMISSIVE"),
            newState: peerAuthentication("STRICT"),
          },
          { op: "delete", urn: urn("gone"), oldState: peerAuthentication("STRICT") },
        ],
      }),
      "seat-07",
    );
    expect(fs.readFileSync(path.join(folder, "pulumi.words"), "utf8")).toBe(
      "preview --json --non-interactive --stack seat-07\n",
    );
    expect(changes!.map(changeText).sort()).toEqual([
      "+ PeerAuthentication client/default",
      "- PeerAuthentication client/default",
      "~ PeerAuthentication client/default: spec.mtls.mode PERMISSIVE → STRICT",
    ]);
  });

  it("is unknown where the preview fails, with the engine's own errors", async () => {
    const diagnostics = [
      { severity: "info", message: "this is a stand-in\n" },
      { severity: "error", message: "mtls: LOOSE is not one of STRICT, PERMISSIVE\n" },
    ];
    expect(await programChanges(workspace({ steps: [], diagnostics }, 1), "x")).toEqual({
      unknown: "mtls: LOOSE is not one of STRICT, PERMISSIVE",
    });
    expect(await programChanges(workspace("error: no stack named x", 255), "x")).toEqual({
      unknown: expect.stringContaining("no stack named x") as string,
    });
    for (const shape of [{}, null, [], { steps: null }, { steps: [{ op: "create" }] }])
      expect(await programChanges(workspace(shape), "x"), JSON.stringify(shape)).toEqual({
        unknown: expect.stringContaining("nothing is concluded from it") as string,
      });
    expect(await programChanges(workspace("not JSON"), "x")).toEqual({
      unknown: expect.stringMatching(/JSON/) as string,
    });
  });

  it("is not waited for after an interruption", async () => {
    const abort = new AbortController();
    const asked = programChanges(workspace("wait"), "x", abort.signal);
    abort.abort(new Error("Interrupted."));
    await expect(asked).rejects.toThrow("Interrupted.");
  });
});

it.each([
  ["PeerAuthentication", "PeerAuthentication client/default", ["client"], true],
  ["PeerAuthentication", "PeerAuthentication client/default", ["blog"], false],
  ["Namespace", "Namespace client", ["client"], true],
  ["Namespace", "Namespace client", ["blog"], false],
  ["ClusterRole", "ClusterRole kiali", ["blog"], true],
  ["Gateway", "Gateway (Gateway API) default/bookinfo", ["default"], true],
])("%s %s has its effect in %j: %j", (kind, object, namespaces, has) => {
  expect(touches({ op: "create", kind, object, fields: [] }, namespaces)).toBe(has);
});
