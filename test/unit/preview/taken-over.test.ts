import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { takenOver } from "../../../cli/preview/taken-over";

/** A `pulumi` with a history and a preview, which notes what it was asked. */
let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "history-"));
  const script = `#!/bin/sh
echo "$*" >> "$0.words"
[ "$1" = stack ] && { printf "%s" "$PAST"; exit "$ENDS"; }
printf "%s" '${JSON.stringify({
    steps: [
      {
        op: "create",
        urn: "urn:pulumi:x::istio-lab::y::default",
        newState: {
          type: "kubernetes:security.istio.io/v1:PeerAuthentication",
          custom: true,
          inputs: { metadata: { namespace: "client", name: "default" } },
        },
      },
    ],
  })}'
`;
  fs.writeFileSync(path.join(folder, "pulumi"), script, { mode: 0o755 });
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

async function asked(past: unknown, ends = 0) {
  fs.rmSync(path.join(folder, "pulumi.words"), { force: true });
  const env = { PATH: `${folder}:${process.env.PATH}`, PAST: JSON.stringify(past), ENDS: String(ends) };
  const found = await takenOver({ env }, "x");
  return { ...found, runs: fs.readFileSync(path.join(folder, "pulumi.words"), "utf8").trim().split("\n") };
}

const up = { kind: "update", result: "succeeded", environment: { "pulumi.flag.yes": "true" }, resourceChanges: {} };
const refresh = { kind: "refresh", result: "succeeded", resourceChanges: { delete: 1, same: 142 } };
const repaired = { ...up, environment: { "pulumi.flag.target": "set" } };

describe("what a refresh has taken over into the state", () => {
  it.each([
    ["there was none", [up]],
    ["the state has no history", []],
    ["it changed nothing", [{ ...refresh, resourceChanges: { same: 143 } }, up]],
    ["a whole up has run since", [up, refresh, up]],
  ])("is nothing where %s: no preview is asked for", async (_, past) => {
    const { lines, unknown, runs } = await asked(past);
    expect([lines, unknown]).toEqual([[], undefined]);
    expect(runs).toEqual(["stack history --json --page-size 20 --stack x"]);
  });

  it.each([
    ["since the last up", [refresh, up]],
    ["and only a repair of some resources has run since", [repaired, refresh, up]],
    ["and the up after it has failed", [{ ...up, result: "failed" }, refresh, up]],
    ["and there is no up that is remembered", [refresh]],
    ["and does not say how", [{ kind: "refresh", result: "succeeded" }, up]],
    ["or has failed with nothing told", [{ kind: "refresh", result: "failed", resourceChanges: {} }, up]],
    ["before all runs that were read", Array<object>(20).fill(repaired)],
  ])("is what up would change, where a refresh changed the state, or may have: %s", async (_, past) => {
    const { lines, runs } = await asked(past);
    expect(lines).toEqual(["+ PeerAuthentication client/default"]);
    expect(runs).toHaveLength(2);
  });

  it("is unknown where the history cannot be read", async () => {
    expect(await asked([], 1)).toMatchObject({ lines: [], unknown: expect.stringMatching(/stack history/) as string });
    for (const shape of [{}, null, [null], [{ kind: "update" }]])
      expect(await asked(shape)).toMatchObject({
        lines: [],
        unknown: expect.stringContaining("nothing is concluded from it") as string,
      });
  });
});
