import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Class } from "../../../../cli/class/model";
import { destroyClass } from "../../../../cli/class/run/destroy-class";
import { UserError } from "../../../../base/errors";
import { aClass } from "./a-class";

const { world, done } = vi.hoisted(() => ({
  done: [] as unknown[][],
  world: { there: [] as string[], refuses: {} as Record<string, Error> },
}));
const note = vi.hoisted(() => async (what: string, ...more: unknown[]) => {
  await new Promise((resolve) => setImmediate(resolve));
  done.push([what, ...more]);
  if (world.refuses[what] !== undefined) throw world.refuses[what];
});
const names = vi.hoisted(
  () =>
    ({ roster }: Class) =>
      roster.seats.map(({ seat }) => seat),
);
vi.mock("../../../../cli/class/run/prepare", () => ({
  withClassLock: async (_: unknown, work: () => Promise<unknown>) => (
    await note("lock"),
    work().finally(() => done.push(["unlock"]))
  ),
  withEngine: async (of: Class) => (await note("engine"), { ...of, workspace: { ...of.workspace, engine: "/engine" } }),
  afterKilledRuns: async (of: Class) => note("killed runs", names(of)),
}));
vi.mock("../../../../cli/class/run/owned", () => ({
  ownSeats: async (of: Class, purpose: string) => (await note("own", purpose, names(of)), new Set(world.there)),
}));
vi.mock("../../../../cli/class/run/backend", () => ({
  elsewhereLines: async (_: unknown, there: Set<string>) => (await note("elsewhere", [...there]), ["elsewhere"]),
}));
vi.mock("../../../../cli/class/run/destroy-seat", () => ({
  destroySeat: async (of: Class, { seat }: { seat: string }, hasStack: boolean) =>
    note("destroy", of.workspace.engine, seat, hasStack),
}));
vi.mock("../../../../cli/class/run/over-seats", () => ({
  overSeats: async (
    of: Class,
    { verb, concurrency }: { verb: string; concurrency: number },
    work: (seat: object, line: object, signal: AbortSignal) => Promise<unknown>,
  ) => {
    await note("over", verb, concurrency);
    for (const seat of of.roster.seats) await work(seat, {}, new AbortController().signal);
  },
}));

let said: string;
beforeEach(() => {
  said = "";
  done.splice(0);
  Object.assign(world, { there: ["seat-02"], refuses: {} });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => ((said += String(text)), true));
});
afterEach(() => void vi.restoreAllMocks());

describe("class destroy", () => {
  it("locks the class, ends what a killed run left, asks whose the stacks are, and says of each seat whether it has one", async () => {
    await destroyClass(aClass(2), { concurrency: 3 });
    expect(done).toEqual([
      ["lock"],
      ["engine"],
      ["killed runs", ["seat-01", "seat-02"]],
      ["own", "delete", ["seat-01", "seat-02"]],
      ["elsewhere", ["seat-02"]],
      ["over", "destroy", 3],
      ["destroy", "/engine", "seat-01", false],
      ["destroy", "/engine", "seat-02", true],
      ["unlock"],
    ]);
    expect(said).toBe("elsewhere\n");
  });

  it("takes away the seats that are given, and asks of these alone", async () => {
    const of = aClass(3);
    await destroyClass(of, { concurrency: 1, seats: [of.roster.seats[1]!] });
    expect(done.filter(([what]) => what === "own" || what === "destroy")).toEqual([
      ["own", "delete", ["seat-02"]],
      ["destroy", "/engine", "seat-02", true],
    ]);
  });

  it.each(["lock", "engine", "killed runs", "own", "elsewhere"])(
    "deletes nothing where it is refused by: %s",
    async (by) => {
      world.refuses = { [by]: new UserError("no") };
      await expect(destroyClass(aClass(2), { concurrency: 1 })).rejects.toThrow("no");
      expect(done.map(([what]) => what)).not.toContain("over");
    },
  );
});
