import * as fs from "node:fs";
import * as path from "node:path";
import { expect, it } from "vitest";
import { withEventLog } from "../../../cli/stack/event-log";

const fileOf = (args: readonly string[]) => args[args.indexOf("--event-log") + 1]!;

it("gives the engine's events, from a folder that is closed to others and gone afterwards", async () => {
  const { file, events } = await withEventLog(async ({ args, env, read }) => {
    const file = fileOf(args);
    expect(env).toEqual({ PULUMI_DEBUG_COMMANDS: "true" });
    expect(fs.statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    fs.writeFileSync(file, '{"sequence":0,"timestamp":7}\n{"sequence":1,"timestamp":8}\n');
    return { file, events: read() };
  });
  expect(events?.map(({ timestamp }) => timestamp)).toEqual([7, 8]);
  expect(fs.existsSync(path.dirname(file))).toBe(false);
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

it("takes its folder away where the run fails", async () => {
  let file = "";
  const run = withEventLog(async ({ args }) => {
    file = fileOf(args);
    throw new Error("failed");
  });
  await expect(run).rejects.toThrow("failed");
  expect(fs.existsSync(path.dirname(file))).toBe(false);
});
