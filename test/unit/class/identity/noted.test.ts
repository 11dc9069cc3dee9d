import * as fs from "node:fs";
import * as path from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { claimFolder, isClassId, noteId, readNoted, rostersOf } from "../../../../cli/class/identity/noted";
import { project, put } from "../roster/project";

vi.mock("../../../../base/paths", async () => (await import("../roster/project.js")).project);
const classes = path.join(project.labRoot(), "class");
const roster = (folder: string) => ({
  name: "course",
  file: put(path.join(project.projectRoot, folder), "course.csv", ""),
});
beforeEach(() => fs.rmSync(project.labRoot(), { recursive: true, force: true }));

test("a roster's class has one folder and one id, whichever way its path is written", () => {
  const { name, file } = roster("a");
  const first = claimFolder({ name, file });
  expect(first.folder).toBe(path.join(classes, "course"));
  expect(isClassId(first.id)).toBe(true);
  expect(claimFolder({ name, file: path.join(project.projectRoot, "a", "..", "a", "course.csv") })).toEqual(first);
  fs.symlinkSync(file, path.join(project.projectRoot, "course.csv"));
  expect(claimFolder({ name, file: path.join(project.projectRoot, "course.csv") })).toEqual(first);
  expect(fs.statSync(path.join(first.folder, "class.json")).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(first.folder).sort()).toEqual(["class.json", "logs"]);
  for (const own of [first.folder, path.join(first.folder, "logs")]) expect(fs.statSync(own).mode & 0o777).toBe(0o700);
});

test("two rosters of one name share neither folder nor id", () => {
  const [one, other] = [claimFolder(roster("a")), claimFolder(roster("b"))];
  expect(other.folder).toMatch(/\/class\/course\.[0-9a-f]{12}$/);
  expect(other.id).not.toBe(one.id);
  expect(claimFolder(roster("b"))).toEqual(other);
  expect(claimFolder(roster("a"))).toEqual(one);
});

test("a folder of before, which notes no roster, goes on with the first roster of its name", () => {
  put(path.join(classes, "course", "logs"), "seat-01.up.log", "made");
  expect(claimFolder(roster("a")).folder).toBe(path.join(classes, "course"));
  expect(fs.existsSync(path.join(classes, "course", "logs", "seat-01.up.log"))).toBe(true);
});

test("an id that was given stays", () => {
  const { folder, id } = claimFolder(roster("a"));
  const given = "0b9cf0f4-3a5e-4c39-9d1b-7b8a1e0c5f52";
  noteId(folder, given);
  expect(fs.statSync(path.join(folder, "class.json")).mode & 0o777).toBe(0o600);
  expect(claimFolder(roster("a"))).toEqual({ folder, id: given });
  expect(rostersOf(given)).toEqual([fs.realpathSync(roster("a").file)]);
  expect(rostersOf(id)).toEqual([]);
});

test.each(["{", "{}", '{"id": "", "roster": "/x"}'])("a note that says %s is no absence of one", (text) => {
  put(path.join(classes, "course"), "class.json", text);
  expect(() => claimFolder(roster("a"))).toThrow(/class\.json (cannot be read|is not a class's record)/);
  expect(readNoted(path.join(classes, "nobody"))).toBeUndefined();
});

test.each(["..", ".", "../x", "a/b", ""])("the name %j has no folder", (name) => {
  expect(() => claimFolder({ ...roster("a"), name })).toThrow(/cannot name a class/);
});
