import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Class } from "../../../../cli/class/model";
import { EngineTrouble } from "../../../../cli/class/run/operation";
import { upClass } from "../../../../cli/class/run/up-class";
import { UserError } from "../../../../base/errors";
import { aClass, notedLine } from "./a-class";

const { world, done } = vi.hoisted(() => ({
  done: [] as unknown[][],
  world: {
    there: [] as string[],
    refuses: {} as Record<string, Error>,
    target: "embedded",
    facts: {} as object,
    seat: undefined as { generation: string } | undefined,
    places: {} as { state?: string; locks?: string },
    outputs: {} as object,
    notice: undefined as string | undefined,
    wait: undefined as undefined | ((report: (come: number, total: number, next: string) => void) => Promise<void>),
  },
}));
const note = vi.hoisted(() => (what: string, ...more: unknown[]) => {
  done.push([what, ...more]);
  if (world.refuses[what] !== undefined) throw world.refuses[what];
});
vi.mock("../../../../embedded/node/status", () => ({
  seatStatus: async () => ({ state: "running", seat: world.seat }),
}));
vi.mock("../../../../cli/answering", () => ({
  seatWait: async (_: unknown, stack: string, since: number) => (
    note("asked whether it answers", stack, typeof since),
    world.wait && { run: world.wait, notice: () => world.notice }
  ),
}));
vi.mock("../../../../cli/stack/ready", () => ({
  readyForUp: async (_: unknown, stack: string, say: (text: string) => void) => (
    note("ready", stack),
    say("An earlier run was killed"),
    { ENGINE: "/engine" }
  ),
}));
vi.mock("../../../../cli/stack/same-backend", () => ({ noteBackend: (stack: string) => note("note backend", stack) }));
vi.mock("../../../../cli/stack/state", () => ({
  breakDeadLocks: (locks: string, stack: string) => (note("break", locks, stack), []),
}));
vi.mock("../../../../cli/class/preflight", () => ({ requireClassPreflight: async () => note("preflight") }));
vi.mock("../../../../cli/class/roster/seat-file", () => ({
  seatConfig: () => ({ target: world.target }),
  writeSeatFile: (_: unknown, { seat }: { seat: string }, overlay: object, id: string) =>
    note("file", seat, overlay, id.length),
}));
vi.mock("../../../../cli/class/run/backend", () => ({
  backendOf: async () => "file:///backend",
  requireHere: async (_: unknown, there: Set<string>) => note("here", [...there]),
}));
vi.mock("../../../../cli/class/run/prepare", () => ({
  withClassLock: async (_: unknown, work: () => Promise<unknown>) => (note("lock"), work()),
  prepareClass: async (of: Class) => (note("made ready"), { ...of, workspace: { ...of.workspace, engine: "/engine" } }),
  afterKilledRuns: async () => note("killed runs"),
}));
vi.mock("../../../../cli/class/run/operation", () => ({
  EngineTrouble: class extends Error {},
  operation: (_: unknown, __: unknown, work: (how: object) => unknown) => work({}),
}));
vi.mock("../../../../cli/class/run/owned", () => ({
  ownSeats: async (of: Class, purpose: string) => (note("own", purpose, of.roster.seats.length), new Set(world.there)),
  tagSeat: async (_: unknown, __: unknown, { seat }: { seat: string }) => note("tag", seat),
}));
vi.mock("../../../../cli/class/run/seat-facts", () => ({
  noteBegun: (_: unknown, seat: string, backend: string, target: string) => note("begun", seat, backend, target),
  readFacts: () => world.facts,
  writeFacts: (_: unknown, seat: string, facts: object) => note("facts", seat, facts),
}));
vi.mock("../../../../cli/class/engine", () => ({
  stackOf: async (_: unknown, seat: string, how: string) => (
    note("stack", seat, how),
    { workspace: { envVars: {} }, up: async () => (note("up", seat), { outputs: world.outputs }) }
  ),
}));
vi.mock("../../../../cli/class/run/over-seats", () => ({
  overSeats: async (
    of: Class,
    { verb }: { verb: string },
    work: (seat: object, line: object, signal: AbortSignal) => Promise<unknown>,
  ) => {
    note("over", verb);
    return Promise.all(of.roster.seats.map((seat) => work(seat, line, new AbortController().signal)));
  },
}));

let line: ReturnType<typeof notedLine>;
const whats = () => done.map(([what]) => what);
const up = (engine: string | undefined = "/engine", seats?: Class["roster"]["seats"]) => {
  const of = aClass(2);
  return upClass(
    { ...of, workspace: { ...of.workspace, ...world.places, ...(engine && { engine }) } as Class["workspace"] },
    { mtls: "STRICT" },
    { concurrency: 1, ...(seats && { seats }) },
  );
};

beforeEach(() => {
  done.splice(0);
  line = notedLine();
  Object.assign(world, {
    there: ["seat-01"],
    refuses: {},
    target: "embedded",
    facts: { noted: { class: "c", backend: "file:///backend", targets: ["azure", "embedded"] } },
    outputs: {},
    wait: undefined,
    notice: undefined,
    seat: { generation: "g-1" },
    places: {},
  });
});

describe("class up", () => {
  it("asks whose the stacks are and where they are before all, then the preflight; only then it notes and writes", async () => {
    await up();
    expect(done.slice(0, 8)).toEqual([
      ["lock"],
      ["own", "up", 2],
      ["here", ["seat-01"]],
      ["preflight"],
      ["made ready"],
      ["killed runs"],
      ["begun", "seat-01", "file:///backend", "embedded"],
      ["file", "seat-01", { mtls: "STRICT" }, 36],
    ]);
    expect(whats().slice(8, 11)).toEqual(["begun", "file", "over"]);
  });

  it("asks it as soon as there is an engine, where there was none", async () => {
    await up("");
    expect(whats().slice(0, 6)).toEqual(["lock", "preflight", "made ready", "own", "here", "killed runs"]);
    expect(done).toContainEqual(["own", "up", 2]);
    expect(done).toContainEqual(["over", "up"]);
  });

  it.each(["own", "here", "preflight"])("writes nothing, and makes nothing, where it is refused by: %s", async (by) => {
    world.refuses = { [by]: new UserError("no") };
    await expect(up()).rejects.toThrow("no");
    expect(whats().some((what) => ["begun", "file", "over", "stack"].includes(String(what)))).toBe(false);
  });

  it("makes the seats that are given, and no other", async () => {
    await up("/engine", aClass(1).roster.seats);
    expect(done.filter(([what]) => what === "up" || what === "own")).toEqual([
      ["own", "up", 1],
      ["up", "seat-01"],
    ]);
  });

  it("marks a seat's stack as the class' before it makes anything in it", async () => {
    await up("/engine", aClass(1).roster.seats);
    expect(whats().slice(-7)).toEqual([
      "stack",
      "note backend",
      "tag",
      "ready",
      "up",
      "facts",
      "asked whether it answers",
    ]);
    expect(done).toContainEqual(["stack", "seat-01", "create"]);
    expect(line.said).toEqual(["doing: reading the stack", "log: An earlier run was killed\n"]);
  });

  it("makes nothing where something is in the way of that seat", async () => {
    world.refuses = { ready: new UserError("no room") };
    await expect(up()).rejects.toThrow("no room");
    expect(whats()).not.toContain("up");
  });

  it("has made a seat when it answers: the board says what is waited for, and what does not come fails the seat, without another try", async () => {
    world.wait = async (report) => report(3, 4, "next: GATEWAY_URL");
    await up("/engine", aClass(1).roster.seats);
    expect(line.said.at(-1)).toBe("doing: waiting for answers: 3 of 4, next: GATEWAY_URL");
    world.notice = "nobody asked for trainees";
    await up("/engine", aClass(1).roster.seats);
    expect(line.said.at(-1)).toBe("log: nobody asked for trainees\n");
    world.notice = undefined;

    done.splice(0);
    world.wait = async () => Promise.reject(new UserError("The seat does not answer: connection refused"));
    await expect(up("/engine", aClass(1).roster.seats)).rejects.toThrow("The seat does not answer");
    expect(whats().filter((what) => what === "up" || what === "facts")).toEqual(["up", "facts"]);
  });

  it.each([
    [{ state: "/state" }, "/state"],
    [{ state: "/state", locks: "/locks" }, "/locks"],
    [{}, undefined],
  ])("looks in %j for the lock that refuses the stack: whether a dead process left it", async (places, at) => {
    world.places = places;
    const refusal = "the stack is currently locked by 1 lock(s)";
    world.refuses = { up: Object.assign(new EngineTrouble("locked", refusal), { said: refusal }) };
    await expect(up("/engine", aClass(1).roster.seats)).rejects.toThrow("locked");
    expect(done.filter(([what]) => what === "break")).toEqual(at === undefined ? [] : [["break", at, "seat-01"]]);
  });

  it("hands out no output that is a secret, and shows the gateway's address", async () => {
    world.outputs = {
      GATEWAY_URL: { value: "http://10.0.0.2", secret: false },
      kubeconfig: { value: "KEY", secret: true },
    };
    const [first] = (await up()) as unknown as object[];
    expect(first).toEqual({ GATEWAY_URL: "http://10.0.0.2" });
    expect(line.said).toContain("gatewayUrl: http://10.0.0.2");
    expect(JSON.stringify(line.said)).not.toContain("KEY");
  });

  it("notes where the seat is now: an embedded one with its generation, one that moved at its new place alone", async () => {
    await up("/engine", aClass(1).roster.seats);
    expect(done.at(-2)).toEqual([
      "facts",
      "seat-01",
      { noted: { class: "c", backend: "file:///backend", targets: ["embedded"] }, generations: ["g-1"] },
    ]);
    expect(line.said.filter((text) => text.startsWith("gatewayUrl:"))).toEqual([]);
    world.seat = undefined;
    await up("/engine", aClass(1).roster.seats);
    expect(done.at(-2)![2]).toEqual({ noted: { class: "c", backend: "file:///backend", targets: ["embedded"] } });
    world.target = "azure";
    await up("/engine", aClass(1).roster.seats);
    expect(done.at(-2)).toEqual([
      "facts",
      "seat-01",
      { noted: { class: "c", backend: "file:///backend", targets: ["azure"] } },
    ]);
  });
});
