import * as fs from "node:fs";
import * as path from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { claimFolder } from "../../../../cli/class/identity/noted";
import { logFile, type Class } from "../../../../cli/class/model";
import { elsewhereLines } from "../../../../cli/class/run/backend";
import { ownSeats, stacksOfClass, tagSeat } from "../../../../cli/class/run/owned";
import { writeFacts } from "../../../../cli/class/run/seat-facts";
import { project, put } from "../roster/project";
import { aSeat } from "./a-class";
import { FakeBackend } from "./fake-backend";

const { held } = vi.hoisted(() => ({ held: {} as { backend: FakeBackend } }));
vi.mock("../../../../base/paths", async () => (await import("../roster/project.js")).project);
vi.mock("../../../../cli/stack/workspace", () => ({
  pulumiOutput: (...args: Parameters<FakeBackend["pulumiOutput"]>) => held.backend.pulumiOutput(...args),
}));

const other = "7e0b5a43-52f1-4d0a-8a6e-3f7a1d6a9c11";
const tags = (id?: string, name = "course") => ({ "istio-lab:class": name, ...(id && { "istio-lab:class-id": id }) });

function opened(isGiven = false): Class {
  const file = put(path.join(project.projectRoot, "a"), "course.csv", "");
  const { folder, id } = claimFolder({ name: "course", file });
  return {
    roster: { name: "course", file, from: "embedded", config: {}, seats: [1, 2].map(aSeat) },
    workspace: { env: {} },
    folder,
    id,
    ...(isGiven && { isGiven: true }),
  };
}

beforeEach(() => {
  fs.rmSync(project.labRoot(), { recursive: true, force: true });
  held.backend = new FakeBackend();
});

describe("the stacks of a class", () => {
  it("are those with its id; one that has its name and another id, or another name, is nobody's to ask about", async () => {
    const of = opened();
    held.backend.add("seat-01", tags(of.id));
    held.backend.add("moved", { "istio-lab:class-id": of.id });
    held.backend.add("theirs", tags(other));
    held.backend.add("old", tags());
    held.backend.add("monday", tags(undefined, "monday"));
    held.backend.add("bare");
    expect(await stacksOfClass(of)).toEqual({ own: ["seat-01", "moved"], nameOnly: ["old"] });
  });
});

describe("an id that is given", () => {
  it.each([
    ["read", []],
    ["cards", []],
    ["up", ["seat-01"]],
    ["delete", ["seat-01"]],
  ] as const)("is written on stacks that have the name alone for %s: %j", async (purpose, written) => {
    const of = opened(true);
    held.backend.add("seat-01", tags(), [{ urn: "", type: "x" }]);
    held.backend.add("seat-02", tags(of.id), [{ urn: "", type: "x" }]);
    await ownSeats(of, purpose, () => undefined);
    expect(held.backend.changes).toEqual(
      written.map((seat) => `stack tag set istio-lab:class-id ${of.id} --stack ${seat}`),
    );
  });
});

describe("a class that this checkout made before there were ids", () => {
  it("is told by the log of every seat whose stack has the name, not of one of them", async () => {
    const of = opened();
    for (const seat of ["seat-01", "seat-02"]) held.backend.add(seat, tags(), [{ urn: "", type: "x" }]);
    fs.mkdirSync(path.join(of.folder, "logs"), { recursive: true });
    fs.writeFileSync(logFile(of, "seat-01", "up"), "");
    await expect(ownSeats(of, "up", () => undefined)).rejects.toThrow("seat-01, seat-02");
    fs.writeFileSync(logFile(of, "seat-02", "up"), "");
    expect([...(await ownSeats(of, "up", () => undefined))]).toEqual(["seat-01", "seat-02"]);
  });
});

describe("what `class up` writes into a stack", () => {
  const written = async (has: Record<string, string>, expires?: Date) => {
    const of = opened();
    const done: string[] = [];
    const stack = {
      listTags: async () => has,
      setTag: async (tag: string, value: string) => void done.push(`${tag}=${value === of.id ? "ID" : value}`),
      removeTag: async (tag: string) => void done.push(`-${tag}`),
    };
    await tagSeat(stack as never, of, { ...aSeat(1), ...(expires && { expires }) });
    return done;
  };
  const expires = new Date("2026-12-01T00:00:00Z");

  it("is the class' id first, its name, and when the seat may go", async () => {
    expect(await written({}, expires)).toEqual([
      "istio-lab:class-id=ID",
      "istio-lab:class=course",
      "istio-lab:expires=2026-12-01T00:00:00.000Z",
    ]);
  });

  it("is only what is not there yet", async () => {
    expect(
      await written(
        {
          "istio-lab:class-id": opened().id,
          "istio-lab:class": "course",
          "istio-lab:expires": "2026-11-01T00:00:00.000Z",
        },
        expires,
      ),
    ).toEqual(["istio-lab:expires=2026-12-01T00:00:00.000Z"]);
  });

  it("takes away a time that the roster gives no more: `class expire` would take the seat", async () => {
    expect(
      await written({
        "istio-lab:class-id": opened().id,
        "istio-lab:class": "course",
        "istio-lab:expires": "2026-11-01T00:00:00.000Z",
      }),
    ).toEqual(["-istio-lab:expires"]);
  });
});

describe("seats in another backend", () => {
  it("are those that this very class noted there, and that have no stack here", async () => {
    const of = opened();
    const noted = (seat: string, id: string, backend: string) =>
      writeFacts(of, seat, { noted: { class: id, backend, targets: ["embedded"] } });
    noted("seat-01", other, "file:///elsewhere");
    noted("seat-02", of.id, "file:///elsewhere");
    expect(await elsewhereLines(of, new Set())).toEqual([
      expect.stringMatching(
        /^The stacks of seat-02 are in backend file:\/\/\/elsewhere, and this is file:\/\/\/backend\./,
      ),
    ]);
    expect(await elsewhereLines(of, new Set(["seat-02"]))).toEqual([]);
    noted("seat-02", of.id, "file:///backend");
    expect(await elsewhereLines(of, new Set())).toEqual([]);
  });
});
