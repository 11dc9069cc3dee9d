import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Class } from "../../../../cli/class/model";
import { expire } from "../../../../cli/class/verbs/expire";
import { project, put } from "../roster/project";
import { aClass, aSeat } from "../run/a-class";

interface World {
  of: Class;
  own: string[];
  nameOnly: string[];
  tags: Record<string, string>;
  elsewhere: string[];
  failed: boolean;
}
const { world, done } = vi.hoisted(() => ({ done: [] as unknown[][], world: {} as World }));
vi.mock("../../../../base/paths", async () => (await import("../roster/project.js")).project);
vi.mock("../../../../cli/class/open", () => ({
  openClass: (_: unknown, configs: string) => (done.push(["open", configs]), world.of),
}));
vi.mock("../../../../cli/class/run/prepare", () => ({ withEngine: async (of: object) => of }));
vi.mock("../../../../cli/class/run/backend", () => ({
  backendOf: async () => "file:///backend",
  elsewhereLines: async () => world.elsewhere,
}));
vi.mock("../../../../cli/class/run/owned", () => ({
  EXPIRES_TAG: "istio-lab:expires",
  ownSeats: async (_: unknown, purpose: string) => (done.push(["own", purpose]), new Set()),
  stacksOfClass: async () => ({ own: world.own, nameOnly: world.nameOnly }),
  tagOf: async (_: unknown, stack: string, tag: string) => (done.push(["tag", stack, tag]), world.tags[stack]),
}));
vi.mock("../../../../cli/class/run/destroy-class", () => ({
  destroyClass: async (_: unknown, { seats }: { seats: { seat: string }[] }) => {
    done.push(["destroy", seats.map(({ seat }) => seat)]);
    return seats.map((seat) =>
      world.failed
        ? { seat, status: "failed", seconds: 1, trouble: "still there" }
        : { seat, status: "done", seconds: 1, result: { seat: seat.seat, queries: [] } },
    );
  },
}));

const destroyed = () => done.filter(([what]) => what === "destroy").flatMap(([, seats]) => seats as string[]);
const [past, later] = [new Date("2026-01-01T00:00:00Z"), new Date("2999-01-01T00:00:00Z")];
let printed: string;
let told: string;

beforeEach(() => {
  done.splice(0);
  [printed, told] = ["", ""];
  const of = aClass(0);
  const seats = [{ ...aSeat(1), expires: past }, { ...aSeat(2), expires: later }, aSeat(3)];
  Object.assign(world, {
    of: { ...of, roster: { ...of.roster, seats } },
    own: ["seat-01", "seat-02", "seat-03"],
    nameOnly: [],
    tags: {},
    elsewhere: [],
    failed: false,
  });
  for (const name of ["left-1", "left-2", "left-3"])
    fs.rmSync(path.join(project.projectRoot, `Pulumi.${name}.yaml`), { force: true });
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((printed += String(text)), true));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => ((told += String(text)), true));
  process.exitCode = undefined;
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

describe("class expire", () => {
  it("takes away the seats whose time is past, and no other", async () => {
    await expire({ roster: "r" });
    expect(destroyed()).toEqual(["seat-01"]);
    expect(printed).toContain(
      "stays: seat-02: until 2999-01-01T00:00:00.000Z\nstays: seat-03: has no expiry\ngoes: seat-01 (Trainee 1), expired at 2026-01-01T00:00:00.000Z\n",
    );
    expect(process.exitCode).toBe(0);
  });

  it("judges whose the stacks are as for a delete, and reads a roster whose config is not valid any more", async () => {
    await expire({ roster: "r" });
    expect(done.slice(0, 2)).toEqual([
      ["open", "any"],
      ["own", "delete"],
    ]);
  });

  it("takes away nothing with --dry-run, and says what would go", async () => {
    await expire({ roster: "r", dryRun: true });
    expect(destroyed()).toEqual([]);
    expect(printed).toContain("would go: seat-01");
  });

  it("takes away nothing where nothing is past", async () => {
    world.own = ["seat-02", "seat-03"];
    await expire({ roster: "r" });
    expect(done.some(([what]) => what === "destroy")).toBe(false);
    expect(printed).toContain("No seat has expired; 2 stacks were asked.");
  });

  it("takes away a seat that left the roster by its tag, where its file is here, and asks no tag of those that are in it", async () => {
    Object.assign(world, {
      own: ["seat-02", "left-1", "left-2", "left-3"],
      tags: { "left-1": past.toISOString(), "left-2": later.toISOString(), "left-3": past.toISOString() },
    });
    for (const name of ["left-1", "left-2"]) put(project.projectRoot, `Pulumi.${name}.yaml`, "");
    await expire({ roster: "r" });
    expect(destroyed()).toEqual(["left-1"]);
    expect(done.filter(([what]) => what === "tag")).toEqual(
      ["left-1", "left-2", "left-3"].map((name) => ["tag", name, "istio-lab:expires"]),
    );
    expect(printed).toContain("stays: left-3: no longer in the roster; expired, but its Pulumi.left-3.yaml is missing");
  });

  it("leaves a stack that has only the class' name and left the roster, whatever its tag says", async () => {
    Object.assign(world, { own: [], nameOnly: ["left-1", "seat-01"], tags: { "left-1": past.toISOString() } });
    put(project.projectRoot, "Pulumi.left-1.yaml", "");
    await expire({ roster: "r" });
    // Of the roster's own seat it was judged whose it is.
    expect(destroyed()).toEqual(["seat-01"]);
    expect(printed).toContain(
      "stays: left-1: it has the name of class istio-101 without a class id, and is not in the roster, so its owner is unknown",
    );
  });

  it("looks with --only at those seats alone, of stacks that left the roster too", async () => {
    Object.assign(world, { own: ["seat-01", "left-1"], nameOnly: ["left-2"], tags: { "left-1": past.toISOString() } });
    put(project.projectRoot, "Pulumi.left-1.yaml", "");
    await expire({ roster: "r", only: ["seat-01"] });
    expect(destroyed()).toEqual(["seat-01"]);
    expect(printed).not.toContain("left-");
  });

  it.each([[true], [false]])(
    "fails where a stack is in another backend: its time is not known (dry run: %j)",
    async (dryRun) => {
      world.elsewhere = ["The stacks of seat-02 are in backend s3://x."];
      await expire({ roster: "r", dryRun });
      expect(process.exitCode).toBe(1);
      expect(printed).toContain("The stacks of seat-02 are in backend s3://x.");
    },
  );

  it("fails where something is left", async () => {
    world.failed = true;
    await expire({ roster: "r" });
    expect(process.exitCode).toBe(1);
  });

  it("prints nothing but JSON on standard output with --json, with what stays", async () => {
    await expire({ roster: "r", json: true });
    expect(JSON.parse(printed)).toMatchObject({
      verb: "expire",
      kept: [{ seat: "seat-02" }, { seat: "seat-03" }],
      seats: [{ seat: "seat-01", status: "done" }],
    });
    expect(told).toContain("goes: seat-01");
    printed = "";
    await expire({ roster: "r", json: true, dryRun: true });
    expect(JSON.parse(printed)).toMatchObject({ verb: "expire", due: [{ seat: "seat-01" }], seats: [] });
  });

  it("says where the backend has no stack of the class", async () => {
    world.own = [];
    await expire({ roster: "r" });
    expect(printed).toContain(`Backend file:///backend has no stack of class istio-101 (${world.of.id}).`);
  });
});
