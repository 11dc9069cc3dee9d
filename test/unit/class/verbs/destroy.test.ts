import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Class, Outcome } from "../../../../cli/class/model";
import type { Proof, Query } from "../../../../cli/targets/proof";
import { destroyClass } from "../../../../cli/class/run/destroy-class";
import { destroy, destroyJson, destroyText } from "../../../../cli/class/verbs/destroy";
import { aClass, aSeat } from "../run/a-class";

const { world, done } = vi.hoisted(() => ({
  done: [] as unknown[][],
  world: { of: undefined as unknown, yes: false, there: [] as string[], outcomes: [] as unknown[] },
}));
vi.mock("../../../../cli/class/open", () => ({
  openClass: (...args: unknown[]) => (done.push(["open", args[1]]), world.of),
}));
vi.mock("../../../../cli/terminal/ask", () => ({
  ask: async (question: string) => (done.push(["ask", question]), world.yes),
}));
// The class' lock, its engine, and what killed runs left: who calls them in which order is what is tested.
vi.mock("../../../../cli/class/run/prepare", () => ({
  withClassLock: async (_: unknown, work: () => Promise<unknown>) => (done.push(["lock"]), work()),
  withEngine: async (of: object) => (done.push(["engine"]), of),
  afterKilledRuns: async () => done.push(["killed runs"]),
}));
vi.mock("../../../../cli/class/run/owned", () => ({
  ownSeats: async (of: Class, purpose: string) => (
    done.push(["own", purpose, of.roster.seats.map(({ seat }) => seat)]),
    new Set(world.there)
  ),
}));
vi.mock("../../../../cli/class/run/backend", () => ({ elsewhereLines: async () => [] }));
vi.mock("../../../../cli/class/run/destroy-seat", () => ({
  destroySeat: async (_: unknown, { seat }: { seat: string }, hasStack: boolean) => (
    done.push(["destroy", seat, hasStack]),
    { seat, queries: [] }
  ),
}));
vi.mock("../../../../cli/class/run/over-seats", () => ({
  overSeats: async (
    of: Class,
    options: { seats?: unknown; failFast?: boolean },
    work: (seat: unknown) => Promise<unknown>,
  ) => {
    done.push(["over", options.failFast]);
    for (const seat of of.roster.seats) await work(seat);
    return world.outcomes;
  },
}));

const asked = (what: string, more: Partial<Query> = {}): Query => ({ what, asked: "ls", left: [], ...more });
const gone = (number: number, ...queries: Query[]): Outcome<Proof> => ({
  seat: aSeat(number),
  status: "done",
  seconds: number,
  result: { seat: aSeat(number).seat, queries },
});
const failed = (number: number): Outcome<Proof> => ({
  seat: aSeat(number),
  status: "failed",
  seconds: 1,
  trouble: "still there: disk d (ls)",
});
let of: Class;
let printed: string;

beforeEach(() => {
  of = { ...aClass(3), folder: fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-verbs-")) };
  done.splice(0);
  printed = "";
  Object.assign(world, { of, yes: true, there: ["seat-01", "seat-03"], outcomes: [gone(1), gone(2), gone(3)] });
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((printed += String(text)), true));
  process.exitCode = undefined;
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  fs.rmSync(of.folder, { recursive: true });
});

describe("class destroy", () => {
  it("asks with every seat's name, and destroys nothing where the answer is no", async () => {
    world.yes = false;
    await destroy({ roster: "r" });
    expect(done).toEqual([
      ["open", "any"],
      ["ask", "Destroy these 3 seats of class istio-101 with everything in them: seat-01, seat-02, seat-03?"],
    ]);
    expect(printed).toBe("");
  });

  it("asks nobody with --yes", async () => {
    await destroy({ roster: "r", yes: true });
    expect(done.map(([what]) => what)).not.toContain("ask");
    expect(done).toContainEqual(["destroy", "seat-03", true]);
  });

  it("judges whose the stacks are before the first seat, for a delete, behind the class' lock", async () => {
    await destroyClass(of, { concurrency: 2, failFast: true });
    expect(done).toEqual([
      ["lock"],
      ["engine"],
      ["killed runs"],
      ["own", "delete", ["seat-01", "seat-02", "seat-03"]],
      ["over", true],
      ["destroy", "seat-01", true],
      ["destroy", "seat-02", false],
      ["destroy", "seat-03", true],
    ]);
  });

  it("goes over the seats that are given alone", async () => {
    await destroyClass(of, { concurrency: 2, seats: [aSeat(2)] });
    expect(done.filter(([what]) => what === "own" || what === "destroy")).toEqual([
      ["own", "delete", ["seat-02"]],
      ["destroy", "seat-02", false],
    ]);
  });

  it.each<[string, Outcome<Proof>[], number]>([
    ["all are gone", [gone(1), gone(2)], 0],
    ["something is left of the last one", [gone(1), failed(2)], 1],
    ["one was interrupted", [gone(1), { seat: aSeat(2), status: "interrupted", seconds: 1 }], 130],
  ])("ends where %s with its exit code, in text and in JSON", async (_, outcomes, code) => {
    world.outcomes = outcomes;
    for (const json of [true, false]) {
      process.exitCode = undefined;
      await destroy({ roster: "r", yes: true, json });
      expect(process.exitCode).toBe(code);
    }
  });
});

describe("the proof of a class", () => {
  it("counts every query of every seat, and those that were answered; what is kept and what failed come after", () => {
    const outcomes = [
      gone(1, asked("disk"), asked("network")),
      gone(2, asked("disk"), asked("profile", { unknown: "403" })),
      failed(3),
    ];
    const kept: Outcome<Proof> = {
      seat: aSeat(4),
      status: "done",
      seconds: 4,
      result: { seat: "seat-04", queries: [], kept: ["Pulumi.seat-04.yaml stays."] },
    };
    expect(destroyText([...outcomes, kept]).split("\n")).toEqual([
      "Gone: seat-01 1.0 s, seat-02 2.0 s, seat-04 4.0 s.",
      "Proof: 4 queries found nothing (4 queries, 3 answered: disk, network, profile).",
      "Pulumi.seat-04.yaml stays.",
      "seat-03 (Trainee 3): still there: disk d (ls)",
      "3 of 4 seats gone. Run the same command again: it continues with what is left.",
    ]);
  });

  it("claims nothing gone where nothing is", () => expect(destroyText([failed(1)])).not.toMatch(/Gone|Proof/));

  it("has in JSON each seat with its queries: of a seat of which something is left those that its file has", () => {
    fs.mkdirSync(path.join(of.folder, "proof"));
    fs.writeFileSync(
      path.join(of.folder, "proof", "seat-02.json"),
      JSON.stringify({
        seat: "seat-02",
        queries: [asked("disk", { left: ["d"] }), asked("network", { unknown: "403" })],
        kept: ["a file stays"],
      }),
    );
    const json = destroyJson(of, [
      gone(1, asked("disk")),
      failed(2),
      failed(3),
      { seat: aSeat(4), status: "skipped", seconds: 0 },
    ]) as { seats: object[] };
    expect(json.seats).toMatchObject([
      { seat: "seat-01", status: "done", queries: 1, answered: 1 },
      {
        seat: "seat-02",
        status: "failed",
        queries: 2,
        answered: 1,
        kept: ["a file stays"],
        proof: [{ left: ["d"] }, { unknown: "403" }],
      },
      { seat: "seat-03", status: "failed" },
      { seat: "seat-04", status: "skipped" },
    ]);
    expect(json.seats.slice(2).every((seat) => !("queries" in seat))).toBe(true);
  });
});
