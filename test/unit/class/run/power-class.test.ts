import { beforeEach, describe, expect, it, vi } from "vitest";
import { startClass, stopClass } from "../../../../cli/class/run/power-class";
import { result, report } from "../../check/reports";
import { aClass, notedLine } from "./a-class";

const { world } = vi.hoisted(() => ({
  world: {
    did: [] as string[],
    targets: {} as Record<string, string>,
    holder: {} as Record<string, string>,
    failed: "",
  },
}));
vi.mock("../../../../cli/class/run/prepare", () => ({
  withClassLock: async (_: unknown, work: () => Promise<unknown>) => (world.did.push("lock"), work()),
}));
vi.mock("../../../../cli/class/run/owned", () => ({
  ownSeats: async (_: unknown, purpose: string) => (
    world.did.push(`own ${purpose}`),
    new Set(Object.keys(world.targets))
  ),
}));
vi.mock("../../../../cli/class/run/up-class", () => ({
  upSeat: async (_: unknown, { seat }: { seat: string }) => void world.did.push(`up ${seat}`),
}));
vi.mock("../../../../cli/class/roster/validate", () => ({ seatFileSettings: () => ({ settings: {} }) }));
vi.mock("../../../../cli/stack/stack", () => ({
  exportStack: async (_: unknown, stack: string) => ({ resources: [{ type: world.targets[stack] }], pending: 0 }),
}));
vi.mock("../../../../cli/stack/target-of-state", () => ({
  targetOfState: ({ resources }: { resources: { type: string }[] }) =>
    resources[0]!.type === "nothing" ? undefined : resources[0]!.type,
}));
vi.mock("../../../../cli/stack/state", () => ({ holderOf: (_: string, stack: string) => world.holder[stack] }));
vi.mock("../../../../cli/targets", () => {
  const power = {
    stop: async ({ stack }: { stack: string }) => (world.did.push(`stop ${stack}`), "stopped"),
    start: async ({ stack }: { stack: string }) => (world.did.push(`start ${stack}`), "started"),
    cost: (seats: object[]) => [`${seats.length} go on costing`],
  };
  const targets: Record<string, object> = {
    embedded: { power: () => ({ ...power, cost: undefined }) },
    azure: { power: () => power },
    minikube: { power: () => ({ stop: power.stop }) },
    existing: {},
  };
  return { commandsFor: (target: string) => targets[target] };
});
vi.mock("../../../../cli/answering", () => ({
  seatWait: async (_: unknown, stack: string) => ({ run: async () => void world.did.push(`waited for ${stack}`) }),
}));
vi.mock("../../../../cli/check", async (original) => ({
  ...(await original<object>()),
  runChecks: async ({ stack }: { stack: string }) => (
    world.did.push(`check ${stack}`),
    { ...report, stack, results: [result({ status: stack === world.failed ? "failed" : "passed" })] }
  ),
}));
type Work = (seat: object, line: object, signal: AbortSignal) => Promise<unknown>;
vi.mock("../../../../cli/class/run/over-seats", () => ({
  overSeats: async (of: ReturnType<typeof aClass>, { verb }: { verb: string }, work: Work) => {
    world.did.push(`over ${verb}`);
    const outcomes = [];
    for (const seat of of.roster.seats)
      outcomes.push(
        await work(seat, notedLine(), new AbortController().signal).then(
          (result: unknown) => ({ seat, status: "done", seconds: 1, result }),
          (error: Error) => ({ seat, status: "failed", trouble: error.message, seconds: 1 }),
        ),
      );
    return outcomes;
  },
}));

const cls = (seats: number) => ({ ...aClass(seats), workspace: { env: {}, state: "/state" } });
const options = { concurrency: 1 };
const troubles = (outcomes: readonly object[]) => outcomes.map((one) => ("trouble" in one ? one.trouble : "done"));
beforeEach(() => Object.assign(world, { did: [], targets: { "seat-01": "embedded" }, holder: {}, failed: "" }));

describe("class stop", () => {
  it("turns off the class' own seats under its lock, and says what they go on costing", async () => {
    world.targets = { "seat-01": "embedded", "seat-02": "azure", "seat-03": "azure" };
    const { outcomes, cost } = await stopClass(cls(3), options);
    expect(world.did).toEqual(["lock", "own up", "over stop", "stop seat-01", "stop seat-02", "stop seat-03"]);
    expect(troubles(outcomes)).toEqual(["done", "done", "done"]);
    expect(cost).toEqual(["2 go on costing"]);
  });

  it("refuses by name every seat in somebody's own cluster, before it touches one", async () => {
    world.targets = { "seat-01": "embedded", "seat-02": "existing", "seat-03": "existing" };
    await expect(stopClass(cls(3), options)).rejects.toThrow(
      "Not the lab's to turn off or on: seat-02 (target existing), seat-03 (target existing). Their clusters are somebody's own. Leave these seats out by --only. Nothing was done.",
    );
    await expect(startClass(cls(3), options)).rejects.toThrow("seat-02 (target existing)");
    expect(world.did.filter((what) => /^(stop|start|over)/.test(what))).toEqual([]);
  });

  it("leaves alone a seat that was not made, and one that another process works on", async () => {
    world.targets = { "seat-01": "embedded", "seat-02": "nothing" };
    world.holder = { "seat-01": "7" };
    const { outcomes } = await stopClass(cls(3), options);
    expect(troubles(outcomes)).toEqual([
      "process 7 works on it",
      "not made; `class up` makes it",
      "not made; `class up` makes it",
    ]);
    expect(world.did.at(-1)).toBe("over stop");
  });
});

describe("class start", () => {
  it("turns on, waits for answers and checks, one seat after the other in the roster's order", async () => {
    world.targets = { "seat-01": "embedded", "seat-02": "minikube" };
    const { seats, outcomes } = await startClass(cls(2), options);
    expect(world.did).toEqual([
      "lock",
      "own up",
      "over start",
      "start seat-01",
      "waited for seat-01",
      "check seat-01",
      "up seat-02",
      "check seat-02",
    ]);
    expect(troubles(outcomes)).toEqual(["done", "done"]);
    expect(seats.map(({ report }) => report?.results.length)).toEqual([1, 1]);
  });

  it("has failed where a check has, and keeps the report", async () => {
    world.failed = "seat-01";
    const { seats, outcomes } = await startClass(cls(1), options);
    expect(outcomes[0]!.status).toBe("failed");
    expect(seats[0]!.report!.results[0]!.status).toBe("failed");
  });
});
