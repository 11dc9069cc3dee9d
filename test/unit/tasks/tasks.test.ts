import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { onStack } from "../../../base/advice";
import { projectRoot } from "../../../base/paths";
import { checksOf } from "../../../components/checks";
import { lessonNames, pageOf, type LessonName } from "../../../components/lessons/catalog";
import { tasksOf } from "../../../components/lessons/tasks";
import { settingsWith } from "../check/settings";

const own = fs
  .readdirSync(path.join(projectRoot, "lessons"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `./lessons/${name}` as const);
const lessons: readonly LessonName[] = [...lessonNames, ...own];
const settings = settingsWith({ lessons });
const tasks = tasksOf(settings);

describe("the tasks of the pages", () => {
  it("are there for every lesson, in the config's order", () => {
    expect([...new Set(tasks.map(({ lesson }) => lesson))]).toEqual([
      ...lessonNames,
      ...own.map((name) => path.basename(name)),
    ]);
    expect(tasksOf(settingsWith({ lessons: ["blog"] })).every(({ lesson }) => lesson === "blog")).toBe(true);
    expect(tasksOf(settingsWith({ lessons: [] }))).toEqual([]);
  });

  it("have names of their own among all checks and tasks, which begin with the lesson's", () => {
    const names = [...tasks, ...checksOf(settings)].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, lesson } of tasks) expect(name.startsWith(`${lesson}-`), name).toBe(true);
  });

  it("are in a section that their page has", () => {
    for (const { name, lesson, section } of tasks) {
      const page = pageOf(lessons.find((one) => path.basename(one) === lesson)!);
      const headings = fs.readFileSync(path.join(projectRoot, page), "utf8").match(/^## .*$/gm);
      expect(headings, name).toContain(`## ${section}`);
    }
  });

  it("come after a task above them, so that every one can be reached", () => {
    tasks.forEach(({ name, after, lesson }, index) => {
      if (after === undefined) return;
      const before = tasks.slice(0, index).filter((one) => one.lesson === lesson);
      expect(
        before.map((one) => one.name),
        name,
      ).toContain(after);
    });
    expect(tasks.filter(({ after }) => after !== undefined).length).toBeGreaterThan(5);
  });

  it("have a question, a step and a solution, which is commands that name the seat", () => {
    for (const { name, hints } of tasks) {
      expect(hints, name).toHaveLength(3);
      const solution = hints.at(-1)!;
      expect(solution, name).toMatch(/^npm run /);
      const named = onStack("ada", solution);
      expect(
        named
          .split(/&&|\|/)
          .filter((part) => part.includes("npm run"))
          .every((part) => part.includes("--stack ada")),
        named,
      ).toBe(true);
    }
  });

  it("only read objects, and are pure data", () => {
    for (const { kind } of tasks) expect(["objects", "pods", "claim"]).toContain(kind);
    expect(JSON.parse(JSON.stringify(tasks))).toEqual(tasks);
  });

  it("that need Istio's own routes are left out with the Gateway API, and those of strict mTLS without it", () => {
    const names = (config: Record<string, unknown>) => tasksOf(settingsWith(config)).map(({ name }) => name);
    expect(names({ lessons: ["bookinfo"], gatewayApi: true })).toEqual([
      "bookinfo-shift-weights",
      "bookinfo-route-jason",
    ]);
    expect(names({ lessons: ["backend"], mtls: "PERMISSIVE" })).toEqual([
      "backend-leave-the-mesh",
      "backend-join-the-mesh",
    ]);
  });
});
