import { readdirSync } from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../base/paths";
import { lessonNames, type LessonName } from "../../components/lessons/catalog";
import { tasksOf } from "../../components/lessons/tasks";
import type { TaskState } from "../../cli/check";
import { settingsWith } from "../unit/check/settings";
import { Checkout } from "../support/checkout";
import { until } from "../support/http";

/** Every task of every page on one seat, in the pages' order, each done by the solution that `hint` prints. */
const own = readdirSync(path.join(projectRoot, "lessons"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `./lessons/${name}` as const);
const lessons: readonly LessonName[] = [...lessonNames, ...own];
const all = tasksOf(settingsWith({ lessons }));

let lab: Checkout;
beforeAll(async () => {
  lab = await Checkout.create();
  await lab.ok("up");
  await lab.pulumi(
    "config",
    "set-all",
    "--path",
    ...lessons.flatMap((name, index) => ["--plaintext", `istio-lab:lessons[${index}]=${name}`]),
  );
  await lab.ok("up");
});
afterAll(async () => lab?.remove());

const asked = async () =>
  (JSON.parse((await lab.ok("check", "--progress", "--json")).stdout) as { tasks: TaskState[] }).tasks;
const stateOf = (states: readonly TaskState[], name: string) => states.find(({ task }) => task === name)!;

it("none is done on a new seat", async () => {
  const states = await asked();
  expect(states.map(({ task }) => task)).toEqual(all.map(({ name }) => name));
  expect(states.filter(({ state }) => state !== "open" && state !== "later")).toEqual([]);
});

describe("each is done by the solution that `hint` prints", () => {
  it.each(all.map(({ name, hints }) => ({ name, steps: hints.length })))(
    "$name",
    { timeout: 10 * 60_000 },
    async ({ name, steps }) => {
      expect(stateOf(await asked(), name).state).toBe("open");
      let printed = "";
      for (let step = 0; step < steps; step += 1) printed = (await lab.ok("hint", name, "--next")).stdout;
      const [, solution] = /^ {2}solution {2}(.*)$/m.exec(printed)!;
      await lab.typed(solution!);
      const done = await until(
        name,
        120,
        async () => stateOf(await asked(), name),
        ({ state }) => state === "done",
      );
      expect(done.done).toMatch(/^\d{4}-/);
    },
  );
});

it("all are done at the end, and the seat is as it was made", async () => {
  expect((await lab.ok("hint")).stdout).toContain("Every task is done");
  expect((await lab.ok("repair", "--dry-run")).stdout).toContain("is as it was made");
});
