import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { isDraft } from "../../../base/files";
import { withEventLog } from "../../../cli/stack/event-log";

const fileOf = (args: readonly string[]) => args[args.indexOf("--event-log") + 1]!;
let folder: string;
let lab: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-events-"));
  lab = path.join(folder, ".lab");
  vi.stubEnv("ISTIO_LAB_HOME", lab);
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(folder, { recursive: true });
});

it("gives the engine's events, from a file that is closed to others and gone afterwards", async () => {
  const events = await withEventLog(async ({ args, env, read }) => {
    const file = fileOf(args);
    expect(env).toEqual({ PULUMI_DEBUG_COMMANDS: "true" });
    expect([path.dirname(file), fs.statSync(lab).mode & 0o777]).toEqual([lab, 0o700]);
    fs.writeFileSync(file, '{"sequence":0,"timestamp":7}\n{"sequence":1,"timestamp":8}\n');
    return read();
  });
  expect(events?.map(({ timestamp }) => timestamp)).toEqual([7, 8]);
  expect(fs.readdirSync(lab)).toEqual([]);
});

it("is a draft, which the next one removes where a run was killed", async () => {
  const named = await withEventLog(async ({ args }) => path.basename(fileOf(args)));
  expect(isDraft(named)).toBe(true);
  const left = path.join(lab, named.replace(`-${process.pid}-`, "-2147483647-"));
  fs.writeFileSync(left, "");
  fs.utimesSync(left, 0, 0);
  await withEventLog(async () => undefined);
  expect(fs.readdirSync(lab)).toEqual([]);
});

it.each([
  ["is missing", undefined],
  ["breaks off", '{"sequence":0,"timestamp":7}\n{"seq'],
])("knows of none where the file %s", async (_, text) => {
  const events = await withEventLog(async ({ args, read }) => {
    if (text !== undefined) fs.writeFileSync(fileOf(args), text);
    return read();
  });
  expect(events).toBeUndefined();
});

it("is removed where the run fails", async () => {
  const run = withEventLog(async ({ args }) => {
    fs.writeFileSync(fileOf(args), "");
    throw new Error("failed");
  });
  await expect(run).rejects.toThrow("failed");
  expect(fs.readdirSync(lab)).toEqual([]);
});
