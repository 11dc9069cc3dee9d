import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CheckResult, Status } from "../../../../cli/check/result";
import { check as classCheck } from "../../../../cli/class/verbs/check";
import { preview } from "../../../../cli/class/verbs/preview";
import { up } from "../../../../cli/class/verbs/up";
import { check } from "../../../../cli/commands/check";
import { aClass, aSeat } from "../run/a-class";

const { world } = vi.hoisted(() => ({ world: { outcomes: [] as object[], seats: [] as object[], report: {} as object, groups: [] as object[], failed: [] as object[], written: [] as string[], of: undefined as unknown } }));
vi.mock("../../../../cli/class/open", () => ({ openClass: () => world.of }));
vi.mock("../../../../cli/class/run/up-class", () => ({ upClass: async () => world.outcomes }));
vi.mock("../../../../cli/class/run/owned", () => ({ sayWhose: async () => undefined }));
vi.mock("../../../../cli/class/run/options", () => ({ runOptionsOf: () => ({}) }));
vi.mock("../../../../cli/class/run/concurrency", () => ({ concurrencyOf: () => 1 }));
vi.mock("../../../../cli/class/roster/overlay", () => ({ readOverlay: () => ({}) }));
vi.mock("../../../../cli/class/preview/preview-class", () => ({ previewClass: async () => ({ groups: world.groups, failed: world.failed }) }));
vi.mock("../../../../cli/class/check/check-class", () => ({ checkClass: async () => ({ seats: world.seats, outcomes: world.outcomes }) }));
vi.mock("../../../../cli/check", () => ({ runChecks: async () => world.report }));
vi.mock("../../../../cli/output-file", () => ({ requireFolder: () => undefined, writeAsked: (_: string, file: string) => void world.written.push(file) }));

const done = { seat: aSeat(1), status: "done", seconds: 1 };
const failed = { seat: aSeat(2), status: "failed", trouble: "no room", seconds: 1 };
const interrupted = { seat: aSeat(2), status: "interrupted", seconds: 1 };
const report = (...all: Status[]) => ({ stack: "x2", gatewayUrl: "http://x", started: "", seconds: 1, results: all.map((status): CheckResult => ({ lesson: "blog", check: "c", title: "t", status, seen: "s", expected: "e", seconds: 1 })) });
const seat = (number: number, ...all: Status[]) => ({ ...{ seat: aSeat(number).seat, trainee: "T", seconds: 1 }, ...(all.length > 0 ? { report: report(...all) } : { missing: "no room" }) });

let printed: string;
beforeEach(() => {
  printed = "";
  Object.assign(world, { of: aClass(2), groups: [], failed: [], outcomes: [done], written: [] });
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((printed += String(text)), true));
  process.exitCode = undefined;
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

describe("the exit code of class up", () => {
  it.each([[[done], 0], [[done, failed], 1], [[done, interrupted], 130]])("of %j is %i, in text and in JSON", async (outcomes, code) => {
    world.outcomes = outcomes;
    for (const json of [true, false]) {
      process.exitCode = undefined;
      await up({ roster: "r", json });
      expect(process.exitCode).toBe(code);
    }
  });
});

describe("the exit code of a check", () => {
  const cases: [Status[], number][] = [
    [["passed"], 0],
    [["passed", "not applicable", "placeholder"], 0],
    [["passed", "failed"], 1],
    [["failed", "passed"], 1],
    [["not applicable", "placeholder"], 1],
    [[], 1],
  ];

  it.each(cases)("of one seat with %j is %i, and its JUnit file is written", async (results, code) => {
    world.report = report(...results);
    await check({ junit: "r.xml", json: true });
    expect([process.exitCode, world.written]).toEqual([code, ["r.xml"]]);
  });

  it.each<[string, object[], object[], number]>([
    ["every seat proved", [seat(1, "passed"), seat(2, "passed")], [done], 0],
    ["a failed check on the second", [seat(1, "passed"), seat(2, "failed", "passed")], [done, failed], 1],
    ["a seat without a report", [seat(1, "passed"), seat(2)], [done, failed], 1],
    ["a seat on which nothing was proved", [seat(1, "passed"), seat(2, "not applicable")], [done], 1],
    ["a seat that was interrupted", [seat(1, "passed"), seat(2)], [done, interrupted], 130],
  ])("of a class with %s", async (_, seats, outcomes, code) => {
    Object.assign(world, { seats, outcomes });
    await classCheck({ roster: "r", json: true, junit: "r.xml" });
    expect([process.exitCode, world.written]).toEqual([code, ["r.xml"]]);
  });
});

describe("class preview", () => {
  const change = (kind: string) => ({ op: "update", kind, object: `${kind} default/a`, fields: [] });

  it("ends with 1 where a seat has no preview, and with none of its own where all have one", async () => {
    await preview({ roster: "r", json: true });
    expect(process.exitCode).toBeUndefined();
    world.failed = [failed];
    await preview({ roster: "r", json: true });
    expect(process.exitCode).toBe(1);
    expect(JSON.parse(printed.slice(printed.lastIndexOf('{\n  "class"')))).toMatchObject({ failed: [{ seat: "seat-02", trouble: "no room" }] });
  });

  it("fails with --expect-only for a change of another kind in any group, after it has printed all", async () => {
    world.groups = [{ seats: ["a"], changes: [change("VirtualService")] }, { seats: ["b"], changes: [change("Deployment")] }];
    await expect(preview({ roster: "r", expectOnly: ["VirtualService"], json: true })).rejects.toThrow("1 seat (b):\n  ~ Deployment default/a");
    expect(JSON.parse(printed)).toMatchObject({ unexpected: [{ seats: ["b"] }] });
    await preview({ roster: "r", expectOnly: ["VirtualService", "deployment"], json: true });
    expect(process.exitCode).toBeUndefined();
  });
});
