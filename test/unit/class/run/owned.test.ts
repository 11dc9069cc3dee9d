import * as fs from "node:fs";
import * as path from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { claimFolder, readNoted } from "../../../../cli/class/identity/noted";
import type { Purpose } from "../../../../cli/class/identity/marks";
import type { Class } from "../../../../cli/class/model";
import { elsewhereLines, requireHere } from "../../../../cli/class/run/backend";
import { ownSeats, sayWhose, tagOf, tagSeat } from "../../../../cli/class/run/owned";
import { noteBegun } from "../../../../cli/class/run/seat-facts";
import { project, put } from "../roster/project";
import { aSeat } from "./a-class";
import { FakeBackend } from "./fake-backend";

const { held } = vi.hoisted(() => ({ held: {} as { backend: FakeBackend } }));
vi.mock("../../../../base/paths", async () => (await import("../roster/project.js")).project);
vi.mock("../../../../cli/stack/workspace", () => ({
  pulumiOutput: (...args: Parameters<FakeBackend["pulumiOutput"]>) => held.backend.pulumiOutput(...args),
}));

const other = "7e0b5a43-52f1-4d0a-8a6e-3f7a1d6a9c11";
const tags = (id?: string) => ({ "istio-lab:class": "course", ...(id && { "istio-lab:class-id": id }) });
const notes: string[] = [];

/** The class of a roster, as a command opens it. */
function opened(folder = "a", given?: string): Class {
  const file = put(path.join(project.projectRoot, folder), "course.csv", "");
  const { folder: own, id } = claimFolder({ name: "course", file });
  const seats = [1, 2].map(aSeat);
  return {
    roster: { name: "course", file, from: "embedded", config: {}, seats },
    workspace: { env: {} },
    folder: own,
    id: given ?? id,
    ...(given && { isGiven: true }),
  };
}
const own = (of: Class, purpose: Purpose) => ownSeats(of, purpose, (line) => void notes.push(line));

beforeEach(() => {
  fs.rmSync(project.labRoot(), { recursive: true, force: true });
  held.backend = new FakeBackend();
  notes.length = 0;
});

describe("a roster whose stacks carry another class' id", () => {
  beforeEach(() =>
    ["seat-01", "seat-02"].forEach((seat) => held.backend.add(seat, tags(other), [{ urn: "", type: "x" }])),
  );

  it.each(["up", "delete", "cards"] as const)("is refused for %s, and nothing of the id is noted", async (purpose) => {
    const of = opened();
    await expect(own(of, purpose)).rejects.toThrow(`- class id ${other}: seat-01, seat-02\n`);
    expect(readNoted(of.folder)!.id).toBe(of.id);
    expect(held.backend.changes).toEqual([]);
  });

  it("is taken over by the id that is given once", async () => {
    expect([...(await own(opened("a", other), "delete"))]).toEqual(["seat-01", "seat-02"]);
    expect([...(await own(opened(), "delete"))]).toEqual(["seat-01", "seat-02"]);
    await expect(own(opened("b"), "delete")).rejects.toThrow(
      `(${fs.realpathSync(path.join(project.projectRoot, "a", "course.csv"))})`,
    );
  });

  it("is not taken over by an id that they do not carry", async () => {
    const wrong = "11111111-2222-4333-8444-555555555555";
    const of = opened("a", wrong);
    await expect(own(of, "delete")).rejects.toThrow(`--class-id ${other}`);
    expect(readNoted(of.folder)!.id).not.toBe(wrong);
  });

  it("may be read, and it is said whose they are", async () => {
    expect([...(await own(opened(), "read"))]).toEqual(["seat-01", "seat-02"]);
    expect(notes).toEqual([
      expect.stringMatching(
        `^Note: seat-01, seat-02: the stack belongs to another class course, id ${other}; the class of \\S+/a/course.csv has the id `,
      ),
    ]);
  });

  it("is told apart from stacks without a mark, whose tags nobody asks for, by a verb that only reads", async () => {
    held.backend.add("seat-02", {});
    await sayWhose(
      { ...opened(), workspace: { env: {}, engine: { home: "", version: "" } } as unknown as Class["workspace"] },
      (line) => void notes.push(line),
    );
    expect(notes).toEqual([expect.stringMatching(/^Note: seat-01: the stack belongs to another class course/)]);
  });

  it("is told of each stack that has a mark at all: the name alone, or an id alone", async () => {
    held.backend.add("seat-01", { "istio-lab:class": "course" });
    held.backend.add("seat-02", { "istio-lab:class-id": other });
    await own(opened(), "read");
    expect(notes.map((note) => note.replace(/;.*/, ""))).toEqual([
      "Note: seat-01: the stack belongs to a class without an id, only a name",
      "Note: seat-02: the stack belongs to class without a name",
    ]);
  });

  it("of which some carry this one's is named, and refused", async () => {
    const of = opened();
    held.backend.add("seat-01", tags(of.id));
    await expect(own(of, "delete")).rejects.toThrow(/belong to 2 classes with the name course/);
  });
});

describe("a class that was made before it had an id", () => {
  beforeEach(() => held.backend.add("seat-01", tags(), [{ urn: "", type: "x" }]));

  it("gets one at the next `up` of the checkout that made it", async () => {
    put(path.join(project.labRoot(), "class", "course", "logs"), "seat-01.up.log", "made");
    expect([...(await own(opened(), "up"))]).toEqual(["seat-01"]);
  });

  it.each([
    ["where this checkout did not make it", () => undefined],
    [
      "where another roster noted itself for the name",
      () => (put(path.join(project.labRoot(), "class", "course", "logs"), "seat-01.up.log", "made"), opened("b")),
    ],
    [
      "where another roster noted itself for the name, whatever log lies in this one's folder",
      () => (opened("b"), put(path.join(opened().folder, "logs"), "seat-01.up.log", "made")),
    ],
    [
      "where a stack of the name has an id",
      () => (
        put(path.join(project.labRoot(), "class", "course", "logs"), "seat-01.up.log", "made"),
        held.backend.add("seat-99", tags(other))
      ),
    ],
  ])("is asked for at `up` %s", async (_, prepare) => {
    prepare();
    await expect(own(opened(), "up")).rejects.toThrow(/without its id: .*seat-01\. They/);
  });

  it("is not deleted before somebody says that it is this one; then the id is written on it", async () => {
    put(path.join(project.labRoot(), "class", "course", "logs"), "seat-01.up.log", "made");
    const { id } = opened();
    await expect(own(opened(), "delete")).rejects.toThrow(`--class-id ${id}`);
    await own(opened("a", id), "delete");
    expect(held.backend.stacks.get("seat-01")!.tags["istio-lab:class-id"]).toBe(id);
    expect(notes).toEqual([]);
    expect([...(await own(opened(), "delete"))]).toEqual(["seat-01"]);
  });
});

describe("an empty stack without a tag", () => {
  beforeEach(() => held.backend.add("seat-01"));

  it.each(["up", "delete"] as const)(
    "is the class' for %s only where it noted before that it makes it, in this backend",
    async (purpose) => {
      const of = opened();
      await expect(own(of, purpose)).rejects.toThrow("- seat-01: belongs to no class");
      noteBegun(of, "seat-01", "file:///elsewhere", "embedded");
      await expect(own(opened(), purpose)).rejects.toThrow("- seat-01: belongs to no class");
      noteBegun(of, "seat-01", "file:///backend", "embedded");
      expect([...(await own(opened(), purpose))]).toEqual(["seat-01"]);
      // Only an id that the user gave is written on a stack here.
      expect(held.backend.changes).toEqual([]);
    },
  );
});

describe("a class whose stacks are in another backend", () => {
  it.each([
    ["https://api.pulumi.com", "npx pulumi login https://api.pulumi.com, and then npm run class -- "],
    ["http://pulumi.example", "npx pulumi login http://pulumi.example, and then npm run class -- "],
    ["s3://states/https", "PULUMI_BACKEND_URL=s3://states/https npm run class -- "],
    ["file:///first", "PULUMI_BACKEND_URL='file:///first?metadata=skip' npm run class -- "],
  ])("is told how to work on them in %s; a seat that nobody noted is not named", async (backend, command) => {
    const of = opened();
    noteBegun(of, "seat-02", backend, "azure");
    const [line, ...more] = await elsewhereLines(of, new Set());
    expect(line).toContain(
      `The stacks of seat-02 are in backend ${backend}, and this is file:///backend. The same command there: ${command}`,
    );
    expect(more).toEqual([]);
  });

  it("gets no second ones here, and is told both backends", async () => {
    const of = opened();
    noteBegun(of, "seat-01", "file:///first", "embedded");
    noteBegun(of, "seat-02", "file:///backend", "embedded");
    await expect(requireHere(of, new Set())).rejects.toThrow(
      "Nothing has been changed.\nThe stacks of seat-01 are in backend file:///first, and this is file:///backend. The same command there: PULUMI_BACKEND_URL='file:///first?metadata=skip' npm run class -- ",
    );
    // What another class of the same folder has noted is no word of this one's.
    await requireHere({ ...of, id: other }, new Set());
    // Stacks that were moved here carry the class' id, and are there.
    await requireHere(of, new Set(["seat-01"]));
  });
});

describe("a verb that only reads", () => {
  it("says nothing of the class' own stacks, nor of seats without a stack", async () => {
    const of = opened();
    held.backend.add("seat-01", tags(of.id));
    await sayWhose(
      { ...of, workspace: { env: {}, engine: {} } as unknown as Class["workspace"] },
      (line) => void notes.push(line),
    );
    expect(notes).toEqual([]);
  });

  it("asks nobody where there is no engine", async () => {
    held.backend.killed.set("stack", new Error("was asked"));
    await sayWhose(opened(), (line) => void notes.push(line));
    expect(notes).toEqual([]);
  });
});

describe("a stack's tags", () => {
  it("are read one by one", async () => {
    held.backend.add("seat-01", { "istio-lab:expires": "2026-12-01" });
    expect(await tagOf({ env: {} }, "seat-01", "istio-lab:expires")).toBe("2026-12-01");
    expect(await tagOf({ env: {} }, "seat-01", "istio-lab:class")).toBeUndefined();
  });

  it.each([
    ["without an end", {}, undefined, { set: true }],
    [
      "whose end was taken off the roster",
      { "istio-lab:expires": "2026-12-01" },
      undefined,
      { set: true, removed: true },
    ],
    ["with a new end", { "istio-lab:expires": "2026-12-01" }, new Date("2026-12-02"), { set: true, expires: true }],
    ["that has all of it", "same", undefined, {}],
  ] as const)("of a seat %s are written where they differ", async (_, given, expires, wanted) => {
    const of = opened();
    const marks = { "istio-lab:class-id": of.id, "istio-lab:class": "course" };
    const changes: string[][] = [];
    await tagSeat(
      {
        listTags: async () => (given === "same" ? marks : given),
        setTag: async (tag: string, value: string) => void changes.push([tag, value]),
        removeTag: async (tag: string) => void changes.push([tag]),
      } as unknown as Parameters<typeof tagSeat>[0],
      of,
      { ...aSeat(1), ...(expires && { expires }) },
    );
    expect(changes).toEqual([
      ...("set" in wanted ? Object.entries(marks) : []),
      ...("removed" in wanted ? [["istio-lab:expires"]] : []),
      ...("expires" in wanted ? [["istio-lab:expires", "2026-12-02T00:00:00.000Z"]] : []),
    ]);
  });
});
