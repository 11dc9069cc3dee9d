import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { canary } from "../../../../cli/class/verbs/canary";
import { aClass } from "../run/a-class";

const { world, done } = vi.hoisted(() => ({
  done: [] as unknown[][],
  world: {
    yes: true,
    failed: [] as string[],
    outcomes: [] as object[],
    weights: {} as Record<string, object>,
    of: undefined as unknown,
  },
}));
vi.mock("../../../../cli/class/open", () => ({ openClass: () => world.of }));
vi.mock("../../../../cli/terminal/ask", () => ({
  ask: async (question: string) => (done.push(["ask", question]), world.yes),
}));
vi.mock("../../../../cli/class/roster/validate", () => ({
  seatFileSettings: (_: unknown, { seat }: { seat: string }) => ({
    settings: {
      canaryPlan: { reviews: { to: "v3", from: "v1", steps: [10, 50, 100] } },
      canary: { reviews: world.weights[seat] ?? { v1: 100 } },
      lessons: ["bookinfo"],
    },
  }),
}));
vi.mock("../../../../cli/class/roster/overlay", () => ({
  requireNotInRoster: (overlay: object) => done.push(["roster", overlay]),
}));
vi.mock("../../../../cli/class/run/options", () => ({ runOptionsOf: () => ({ concurrency: 1 }) }));
vi.mock("../../../../cli/class/preview/preview-class", () => ({
  previewClass: async (_: unknown, overlay: object) => (
    done.push(["preview", overlay]),
    { groups: [], failed: world.failed }
  ),
}));
vi.mock("../../../../cli/class/preview/text", () => ({ previewText: () => "the preview" }));
vi.mock("../../../../cli/class/run/up-class", () => ({
  upClass: async (_: unknown, overlay: object) => (done.push(["up", overlay]), world.outcomes),
}));

let printed: string;
const whats = () => done.map(([what]) => what);
const move = (to: string, yes = false) => canary(to, { roster: "r", yes });

beforeEach(() => {
  done.splice(0);
  printed = "";
  const of = aClass(2);
  Object.assign(world, {
    of,
    yes: true,
    failed: [],
    weights: {},
    outcomes: of.roster.seats.map((seat) => ({ seat, status: "done", seconds: 1 })),
  });
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((printed += String(text)), true));
  process.exitCode = undefined;
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

describe("class canary", () => {
  it("shows what a step changes, asks, and moves every seat by that very config", async () => {
    await move("next");
    const overlay = { "canary.reviews": { v1: 90, v3: 10 } };
    expect(done).toEqual([
      ["roster", overlay],
      ["preview", overlay],
      ["ask", expect.stringContaining("2 seats")],
      ["up", overlay],
    ]);
    expect(printed).toContain("the preview");
    expect(process.exitCode).toBe(0);
  });

  it("changes nothing where the answer is no", async () => {
    world.yes = false;
    await move("next");
    expect(whats()).toEqual(["roster", "preview", "ask"]);
    expect(printed).toMatch(/Nothing has been changed\.\n$/);
  });

  it("asks nobody with --yes", async () => {
    await move("next", true);
    expect(whats()).toEqual(["roster", "preview", "up"]);
  });

  it("changes nothing, also with --yes, where a seat's preview could not be made", async () => {
    world.failed = ["seat-02"];
    await expect(move("next", true)).rejects.toThrow("Nothing has been changed: the preview of 1 seat failed.");
    expect(whats()).not.toContain("up");
  });

  it("only tells with status", async () => {
    await move("status", true);
    expect(done).toEqual([]);
    expect(printed).toContain("no cluster was asked");
  });

  it.each([
    ["back", { v1: 100 }],
    ["next", { v1: 0, v3: 100 }],
  ])("has no way %s from its end", async (to, weights) => {
    world.weights = { "seat-01": weights, "seat-02": weights };
    await move(to, true);
    expect(whats()).not.toContain("up");
    expect(printed).toMatch(/no step comes (after|before) it/);
  });

  it("ends with what came of the seats", async () => {
    world.outcomes = [{ seat: aClass(1).roster.seats[0], status: "failed", trouble: "no", seconds: 1 }];
    await move("next", true);
    expect(process.exitCode).toBe(1);
  });

  it.each(["on", "", "Next"])("takes no other word: %j", async (to) => {
    await expect(move(to)).rejects.toThrow("valid are next, back and status");
    expect(done).toEqual([]);
  });
});
