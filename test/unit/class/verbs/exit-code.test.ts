import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CheckResult, Status } from "../../../../cli/check/result";
import { check as classCheck } from "../../../../cli/class/verbs/check";
import { drift } from "../../../../cli/class/verbs/drift";
import { preflight } from "../../../../cli/class/verbs/preflight";
import { preview } from "../../../../cli/class/verbs/preview";
import { repair } from "../../../../cli/class/verbs/repair";
import { reset } from "../../../../cli/class/verbs/reset";
import { up } from "../../../../cli/class/verbs/up";
import { check } from "../../../../cli/commands/check";
import { aClass, aSeat } from "../run/a-class";

const { world } = vi.hoisted(() => ({
  world: {
    outcomes: [] as object[],
    seats: [] as object[],
    report: {} as object,
    groups: [] as object[],
    failed: [] as object[],
    written: [] as string[],
    of: undefined as unknown,
    findings: [] as object[],
    drift: {} as object,
    program: { changes: [] } as object,
    first: {} as { seat: object },
    done: [] as unknown[],
  },
}));
vi.mock("../../../../cli/class/open", () => ({ openClass: () => world.of }));
vi.mock("../../../../cli/class/run/up-class", () => ({ upClass: async () => world.outcomes }));
vi.mock("../../../../cli/class/run/owned", () => ({
  sayWhose: async () => undefined,
  ownSeats: async (_: unknown, purpose: string) => void world.done.push(["own", purpose]),
}));
vi.mock("../../../../cli/class/run/over-seats", () => ({
  overSeats: async (_: unknown, { verb }: { verb: string }, work: (...args: unknown[]) => Promise<unknown>) => {
    if (verb !== "reset" && verb !== "repair") return world.outcomes;
    const line = { doing: () => undefined, log: () => undefined };
    if (world.done.length < 2) return [{ ...world.first, result: await work(world.first.seat, line, "signal") }];
    await work(world.first.seat, line, "signal");
    return world.outcomes;
  },
}));
vi.mock("../../../../cli/class/run/prepare", () => ({
  withClassLock: async (_: unknown, work: () => Promise<unknown>) => (world.done.push(["lock"]), work()),
  afterKilledRuns: async () => void world.done.push(["killed runs"]),
}));
vi.mock("../../../../cli/class/preflight", () => ({
  classFindings: async () => ({ seats: [], findings: world.findings }),
}));
vi.mock("../../../../cli/drift/consent", () => ({
  requireConsent: async (drift: unknown, { yes }: { yes?: boolean }, again: string) => (
    world.done.push(["consent", drift, again]),
    yes ? undefined : Promise.reject(new Error("Nothing has been done."))
  ),
}));
vi.mock("../../../../cli/seat/stack-outputs", () => ({ readStack: async (stack: string) => ({ stack }) }));
vi.mock("../../../../cli/repair", async (original) => ({
  ...(await original<object>()),
  readRepair: async ({ leaveAdded, lesson }: { leaveAdded?: boolean; lesson?: string }) => {
    const { changed, missing, added } = world.drift as { changed: object[]; missing: object[]; added: object[] };
    const makeAnew = [...changed, ...missing].map(() => ({ made: { kind: "Service", metadata: { name: "api" } } }));
    const takeAway = leaveAdded ? [] : added;
    return {
      drift: world.drift,
      ...(lesson !== undefined && { namespace: lesson }),
      plan: { releases: [], putBack: [], makeAnew, takeAway, restart: [], named: [], unknownRoots: [] },
    };
  },
  repairSeat: async ({ seat, leaveAdded = false }: { seat: { stack: string }; leaveAdded?: boolean }) =>
    void world.done.push(["repair", seat.stack, leaveAdded]),
}));
vi.mock("../../../../cli/preview/program", async (original) => ({
  ...(await original<object>()),
  programChanges: async () => world.program,
}));
vi.mock("../../../../cli/class/run/options", () => ({
  runOptionsOf: () => ({}),
  concurrencyOf: () => 1,
}));
vi.mock("../../../../cli/class/roster/overlay", () => ({ readOverlay: () => ({}) }));
vi.mock("../../../../cli/class/preview/preview-class", () => ({
  previewClass: async () => ({ groups: world.groups, failed: world.failed }),
}));
vi.mock("../../../../cli/class/check/check-class", () => ({
  checkClass: async () => ({ seats: world.seats, outcomes: world.outcomes }),
}));
vi.mock("../../../../cli/stack/taken", () => ({ takenStack: async () => "x2" }));
vi.mock("../../../../cli/check", async (original) => ({
  ...(await original<object>()),
  runChecks: async () => world.report,
}));
vi.mock("../../../../cli/terminal/output-file", () => ({
  requireFolder: () => undefined,
  writeAsked: (_: string, file: string) => void world.written.push(file),
}));

const done = { seat: aSeat(1), status: "done", seconds: 1 };
const failed = { seat: aSeat(2), status: "failed", trouble: "no room", seconds: 1 };
const interrupted = { seat: aSeat(2), status: "interrupted", seconds: 1 };
const report = (...all: Status[]) => ({
  stack: "x2",
  gatewayUrl: "http://x",
  started: "",
  seconds: 1,
  results: all.map((status): CheckResult => ({
    lesson: "blog",
    check: "c",
    title: "t",
    status,
    seen: "s",
    expected: "e",
    seconds: 1,
  })),
});
const seat = (number: number, ...all: Status[]) => ({
  ...{ seat: aSeat(number).seat, trainee: "T", seconds: 1 },
  ...(all.length > 0 ? { report: report(...all) } : { missing: "no room" }),
});

let printed: string;
beforeEach(() => {
  printed = "";
  Object.assign(world, {
    of: aClass(2),
    groups: [],
    failed: [],
    outcomes: [done],
    written: [],
    findings: [],
    done: [],
  });
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((printed += String(text)), true));
  process.exitCode = undefined;
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

describe("the exit code of class up", () => {
  it.each([
    [[done], 0],
    [[done, failed], 1],
    [[done, interrupted], 130],
  ])("of %j is %i, in text and in JSON", async (outcomes, code) => {
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
    expect(JSON.parse(printed.slice(printed.lastIndexOf('{\n  "class"')))).toMatchObject({
      failed: [{ seat: "seat-02", trouble: "no room" }],
    });
  });

  it("fails with --expect-only for a change of another kind in any group, after it has printed all", async () => {
    world.groups = [
      { seats: ["a"], changes: [change("VirtualService")] },
      { seats: ["b"], changes: [change("Deployment")] },
    ];
    await expect(preview({ roster: "r", expectOnly: ["VirtualService"], json: true })).rejects.toThrow(
      "1 seat (b):\n  ~ Deployment default/a",
    );
    expect(JSON.parse(printed)).toMatchObject({ unexpected: [{ seats: ["b"] }] });
    await preview({ roster: "r", expectOnly: ["VirtualService", "deployment"], json: true });
    expect(process.exitCode).toBeUndefined();
  });
});

const asMade = { changed: [], missing: [], added: [], unclear: [], notAsked: [], shared: [] };
const service = { object: "Service blog/api", namespace: "blog", fields: [] };
const notes = { object: "ConfigMap blog/notes", namespace: "blog", path: "/notes", uid: "1" };
const notAsked = { what: "configmaps in blog", why: "403" };

describe("the exit code of class drift", () => {
  it.each<[string, object, string, number | undefined]>([
    ["with a change that a refresh took over", { ...asMade, takenOver: ["+ Service blog/api"] }, "changed", 1],
    ["as it was made", asMade, "as made", undefined],
    ["changed", { ...asMade, changed: [service] }, "changed", 1],
    ["missing", { ...asMade, missing: [service] }, "changed", 1],
    ["added", { ...asMade, added: [notes] }, "changed", 1],
    ["unclear", { ...asMade, unclear: [notes] }, "unknown", 1],
    ["not asked for", { ...asMade, notAsked: [notAsked] }, "unknown", 1],
  ])("of a class whose second seat is %s", async (_, result, status, code) => {
    world.outcomes = [
      { ...done, result: asMade },
      { ...done, seat: aSeat(2), result },
    ];
    await drift({ roster: "r", json: true });
    expect([process.exitCode, JSON.parse(printed).seats.map((one: { status: string }) => one.status)]).toEqual([
      code,
      ["as made", status],
    ]);
  });

  it("of one that could not be looked at is 1, with its trouble", async () => {
    world.outcomes = [{ ...done, result: asMade }, failed];
    await drift({ roster: "r", json: true });
    expect([process.exitCode, JSON.parse(printed).seats[1]]).toEqual([
      1,
      { seat: "seat-02", trainee: "Trainee 2", status: "failed", trouble: "no room" },
    ]);
  });
});

describe("the exit code of class preflight", () => {
  it.each([
    [["ok", "notice"], 0],
    [["ok", "refused"], 1],
    [["refused", "ok"], 1],
  ])("of %j is %i", async (statuses, code) => {
    world.findings = statuses.map((status) => ({ name: "memory", status, seen: "s" }));
    for (const json of [true, false]) {
      await preflight({ roster: "r", json });
      expect(process.exitCode).toBe(code);
    }
    expect(printed).toContain(`"refused": ${code === 1}`);
  });
});

describe("class reset", () => {
  const options = { roster: "r.csv", from: "my stack", seat: "seat-01", lesson: "blog" };
  const whats = () => world.done.map((one) => (one as unknown[])[0]);
  const lesson = (more: object) => {
    Object.assign(world, { drift: { ...asMade, ...more }, first: { seat: aSeat(1), status: "done", seconds: 1 } });
  };

  it("has only what deletes may use, asks, and only then locks the class and puts it back", async () => {
    lesson({ added: [notes] });
    await reset({ ...options, yes: true });
    expect(whats()).toEqual(["own", "consent", "lock", "killed runs", "repair"]);
    expect(world.done).toContainEqual(["own", "delete"]);
    expect(world.done).toContainEqual(["repair", aSeat(1).seat, false]);
    expect(world.done[1]).toEqual([
      "consent",
      { ...asMade, added: [notes] },
      "npm run class -- reset --roster r.csv --from 'my stack' --seat seat-01 --lesson blog --yes",
    ]);
    expect(printed).toMatch(/Lesson blog of seat \S+ is as it was made\.\n$/);
  });

  it("changes nothing without consent, and nothing where it only shows", async () => {
    lesson({ added: [notes] });
    await expect(reset(options)).rejects.toThrow("Nothing has been done.");
    expect(whats()).toEqual(["own", "consent"]);
    world.done = [];
    await repair({ roster: "r.csv", dryRun: true, yes: true });
    expect(whats()).toEqual(["own"]);
    expect(printed).toContain("- ConfigMap blog/notes");
  });

  it.each<[string, object, boolean, boolean]>([
    ["nothing", {}, false, false],
    ["what was added, which is to stay", { added: [notes] }, true, false],
    ["what could not be asked for, with what was added to stay", { notAsked: [notAsked] }, true, false],
    ["what was changed besides what is to stay", { added: [notes], changed: [service] }, true, true],
    ["what is missing", { missing: [service] }, false, true],
  ])("of %s", async (_, more, leaveAdded, isDone) => {
    lesson(more);
    await reset({ ...options, yes: true, leaveAdded });
    expect(whats().includes("repair")).toBe(isDone);
    if (isDone) expect(world.done.at(-1)).toEqual(["repair", aSeat(1).seat, leaveAdded]);
  });

  it("calls nothing as made that could not be asked for", async () => {
    lesson({ notAsked: [notAsked] });
    await reset({ ...options, yes: true });
    expect(printed).toContain("could not be listed");
    expect(printed).not.toContain("is as it was made: ");
    expect(process.exitCode).toBe(1);
  });

  it.each([
    [
      { unknown: "the config is wrong" },
      /nothing to repair\.\n.*\? What the program would still change is unknown: the c/,
    ],
    [
      { changes: [{ op: "create", kind: "Service", object: "Service blog/api", fields: [] }] },
      /is as Pulumi's state says: .*\n.*program would still change the seat:\n *\+ Service blog\/api\n.*`npm run up -- --stack \S+` does it/,
    ],
  ])("names what only `up` restores, and fails: %j", async (program, text) => {
    lesson({});
    world.program = program;
    await reset({ ...options, yes: true });
    expect(printed).toMatch(text);
    expect(printed).not.toContain("is as it was made");
    expect(process.exitCode).toBe(1);
    lesson({ missing: [service] });
    Object.assign(world, { done: [], outcomes: [world.first] });
    await reset({ ...options, yes: true });
    expect(printed).toMatch(/Lesson blog of seat \S+ is as Pulumi's state says\.\n$/);
    expect(process.exitCode).toBe(1);
  });

  it("leaves out what would change in another lesson", async () => {
    lesson({});
    world.program = { changes: [{ op: "create", kind: "Service", object: "Service client/api", fields: [] }] };
    await reset({ ...options, yes: true });
    expect(printed).toContain("is as it was made: there is nothing to repair.");
    expect(process.exitCode).toBeUndefined();
  });

  it("says that an object stays where it is to stay, and fails with what it came to", async () => {
    lesson({ added: [notes], changed: [service] });
    world.outcomes = [world.first];
    await reset({ ...options, yes: true, leaveAdded: true });
    expect(printed).toContain("is as it was made, but for 1 object that was added.");
    Object.assign(world, { done: [], outcomes: [{ ...failed, log: "seat-01.reset.log" }] });
    await expect(reset({ ...options, yes: true })).rejects.toThrow(
      /^Lesson blog of seat \S+ is not restored: no room \(seat-01\.reset\.log\)\nRun the same command again: it restores what is left\.$/,
    );
    Object.assign(world, { done: [], outcomes: [interrupted] });
    await expect(reset({ ...options, yes: true })).rejects.toThrow("is not restored: interrupted");
  });
});
