import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SeatDrift } from "../../../../cli/class/drift/model";
import { readLesson, resetLesson } from "../../../../cli/class/drift/reset";
import { UserError } from "../../../../base/errors";
import { aClass, notedLine } from "../run/a-class";

const { world, done } = vi.hoisted(() => ({
  done: [] as unknown[][],
  world: { drifts: [] as unknown[], resources: [] as object[], refuses: {} as Record<string, Error>, now: 0 },
}));
const note = vi.hoisted(() => (what: string, ...more: unknown[]) => {
  done.push([what, ...more]);
  if (world.refuses[what] !== undefined) throw world.refuses[what];
});
vi.mock("node:timers/promises", () => ({ setTimeout: async (ms: number) => void (world.now += ms) }));
vi.mock("../../../../cli/seat/api", () => ({ apiOf: () => ({}) }));
vi.mock("../../../../cli/seat/stack-outputs", () => ({
  readStack: async (stack: string) => ({ stack, installed: ["blog", "bookinfo"], kubeconfig: {} }),
}));
vi.mock("../../../../cli/stack/ready", () => ({
  readyForUp: async (_: unknown, stack: string) => (note("ready", stack), { ENGINE: "/engine" }),
}));
vi.mock("../../../../cli/stack/stack", () => ({ exportStack: async () => ({ resources: world.resources }) }));
vi.mock("../../../../cli/class/engine", () => ({
  stackOf: async ({ env }: { env: object }, stack: string) => (
    note("stack", stack, env),
    {
      refresh: async ({ target }: { target: string[] }) => note("refresh", target),
      up: async ({ target }: { target: string[] }) => note("up", target),
    }
  ),
}));
vi.mock("../../../../cli/class/run/operation", () => ({
  operation: (_: unknown, __: unknown, work: (options: object) => Promise<void>) => work({}),
}));
vi.mock("../../../../cli/class/drift/read", () => ({
  namespacesOf: ([lesson]: string[]) => [lesson],
  readDrift: async () => (world.drifts.length > 1 ? world.drifts.shift() : world.drifts[0]),
}));
vi.mock("../../../../cli/class/drift/put-back", async (original) => ({
  ...(await original<object>()),
  takeAway: async (_: unknown, { added, remade }: { added: { path: string }[]; remade: object[] }) =>
    note(
      "take away",
      added.map(({ path }) => path),
      remade.length,
    ),
  untilGone: async (_: unknown, targets: { path: string }[]) =>
    note(
      "until gone",
      targets.map(({ path }) => path),
    ),
}));

const asMade: SeatDrift = { changed: [], missing: [], added: [], unclear: [], notAsked: [], shared: [] };
const notes = { object: "ConfigMap blog/notes", namespace: "blog", path: "/notes", uid: "1" };
const drift: SeatDrift = { ...asMade, added: [notes] };
const component = "istio-lab:lessons:Blog";
const blog = { urn: `urn:pulumi:x2::istio-lab::${component}::blog`, type: component };
const below = {
  urn: `urn:pulumi:x2::istio-lab::${component}$kubernetes:core/v1:ConfigMap::blog-config`,
  type: "kubernetes:core/v1:ConfigMap",
};
const other = {
  urn: "urn:pulumi:x2::istio-lab::istio-lab:lessons:Bookinfo::bookinfo",
  type: "istio-lab:lessons:Bookinfo",
};

const reset = (leaveAdded = false) =>
  resetLesson(aClass(1), "x2", { lesson: "blog", drift }, leaveAdded, notedLine(), new AbortController().signal);
const whats = () => done.map(([what]) => what);

beforeEach(() => {
  done.splice(0);
  Object.assign(world, { drifts: [asMade], resources: [other, blog, below], refuses: {}, now: 0 });
  vi.spyOn(Date, "now").mockImplementation(() => world.now);
});
afterEach(() => void vi.restoreAllMocks());

describe("putting a lesson back", () => {
  it("asks what is in the way, takes away what was added, refreshes and makes that lesson alone, and looks again", async () => {
    await reset();
    expect(done).toEqual([
      ["ready", "x2"],
      ["take away", ["/notes"], 0],
      ["stack", "x2", { ENGINE: "/engine" }],
      ["refresh", [blog.urn, below.urn]],
      ["up", [blog.urn, below.urn]],
      ["until gone", ["/notes"]],
    ]);
  });

  it("takes away nothing that was added where that is to stay", async () => {
    world.drifts = [drift];
    await reset(true);
    expect(done).toContainEqual(["take away", [], 0]);
    expect(done).toContainEqual(["until gone", []]);
  });

  it("takes away nothing where the preflight refuses, or the state has nothing of the lesson", async () => {
    world.refuses = { ready: new UserError("no room") };
    await expect(reset()).rejects.toThrow("no room");
    Object.assign(world, { refuses: {}, resources: [other] });
    // Without a target the engine would refresh and change the whole seat.
    await expect(reset()).rejects.toThrow(
      "Stack x2 has nothing of lesson blog in its state: `npm run up -- --stack x2` makes it.",
    );
    expect(whats()).toEqual(["ready", "ready"]);
  });

  it.each(["take away", "refresh"])("makes nothing where it fails at: %s", async (at) => {
    world.refuses = { [at]: new Error("it failed") };
    await expect(reset()).rejects.toThrow("it failed");
    expect(whats()).not.toContain("up");
  });

  it("waits until controllers have followed", async () => {
    world.drifts = [{ ...asMade, missing: [{ object: "Pod blog/a", namespace: "blog" }] }, drift, asMade];
    await reset();
    expect(world.now).toBe(2000);
  });

  it.each<[string, SeatDrift]>([
    ["changed", { ...asMade, changed: [{ object: "Service blog/api", namespace: "blog", fields: [] }] }],
    ["missing", { ...asMade, missing: [{ object: "Service blog/api", namespace: "blog" }] }],
    ["added", drift],
    ["not known", { ...asMade, notAsked: [{ what: "configmaps in blog", why: "403", namespace: "blog" }] }],
  ])("fails with what is still %s", async (_, left) => {
    world.drifts = [left];
    await expect(reset()).rejects.toThrow(/^Lesson blog of seat x2 is still not as it was made:\n[~?+-] /);
    expect(world.now).toBeGreaterThan(20_000);
  });

  it("looks at that lesson alone", async () => {
    world.drifts = [{ ...asMade, changed: [{ object: "Service bookinfo/a", namespace: "bookinfo", fields: [] }] }];
    await expect(reset()).resolves.toBeUndefined();
    expect((await readLesson("x2", "blog")).drift.changed).toEqual([]);
  });

  it("is refused for a lesson that the seat has not", async () => {
    await expect(readLesson("x2", "admission")).rejects.toThrow(
      "--lesson admission: seat x2 has no such lesson; it has blog, bookinfo.",
    );
  });
});
