import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { planOf } from "../../../bench";
import { partsIn } from "../../../bench/embedded";
import { cpuIn, descendants, Watch } from "../../../bench/processes";
import { sampleOf } from "../../../bench/program";
import { byScene, chosenRows, rows, visitsOf, type AnyRow } from "../../../bench/rows";
import { isRunner } from "../../../bench/runner";
import { projectRoot } from "../../../base/paths";

describe("the rows", () => {
  it("have a file each, of their name", () => {
    for (const { name } of rows) expect(fs.existsSync(path.join(projectRoot, `bench/${name}.ts`)), name).toBe(true);
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });

  it("are all in the help of the command, and on the page", () => {
    const [main, page] = ["cli/main.ts", "docs/performance.md"].map((file) =>
      fs.readFileSync(path.join(projectRoot, file), "utf8"),
    );
    const names = rows.map(({ name }) => name);
    expect(main).toContain(`"${names.slice(0, -1).join(", ")} or ${names.at(-1)}; default: all"`);
    for (const name of names) expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\|`, "m"));
  });

  it("are those that are named, in their own order; else all", () => {
    expect(chosenRows(["up", "zero"]).map(({ name }) => name)).toEqual(["zero", "up"]);
    expect(chosenRows([])).toEqual(rows);
  });

  it("that do not exist are named, with what is valid", () => {
    expect(() => chosenRows(["up", "upp", "x"])).toThrow(
      'The bench has no row "upp", "x". Valid: zero, destroy, preview, up, weight, program, runner, embedded.',
    );
  });

  it("share the scene that they open alike", () => {
    const names = byScene(chosenRows(["zero", "preview", "destroy", "up"])).map((its) => its.map(({ name }) => name));
    expect(names).toEqual([
      ["zero", "destroy"],
      ["preview", "up"],
    ]);
  });
});

describe("a run", () => {
  it("has three rounds, and this checkout", () => {
    const { rounds, checkouts } = planOf([], {});
    expect(rounds).toBe(3);
    expect(checkouts).toEqual([{ name: "this checkout", folder: projectRoot }]);
  });

  it.each(["0", "-1", "1.5", "many", "100", ""])("cannot have %j rounds", (given) =>
    expect(() => planOf([], { rounds: given })).toThrow(`--rounds ${given}: a whole number of rounds, from 1 to 99.`),
  );

  it("measures no folder that is no checkout, and says what it lacks", () => {
    expect(() => planOf([], { checkout: ["/nowhere/at/all"] })).toThrow(
      "--checkout /nowhere/at/all: it has no cli/run.mjs.",
    );
  });
});

describe("a round", () => {
  const [one, two] = [{ name: "one" }, { name: "two" }] as AnyRow[];
  const visits = [one!, two!].flatMap((row) => ["a", "b"].map((name) => ({ row, contestant: { name } })));
  const order = (byContestant: boolean, round: number) =>
    visitsOf(visits, { byContestant }, round).map(({ row, contestant }) => `${row.name} ${contestant.name}`);

  it("goes row by row, and every second time the other way round", () => {
    expect(order(false, 0)).toEqual(["one a", "one b", "two a", "two b"]);
    expect(order(false, 1)).toEqual(["one b", "one a", "two b", "two a"]);
  });

  it("goes by contestant where what a row has made is the next row's", () => {
    expect(order(true, 0)).toEqual(["one a", "two a", "one b", "two b"]);
    expect(order(true, 1)).toEqual(["one b", "two b", "one a", "two a"]);
  });
});

describe("the parts of up", () => {
  it("are read from its last sentence", () => {
    const printed = "Up is next\nUp in 94 s: cluster 4 s, Istio 1 min 11 s, lessons 14.5 s, addons 5 s\n";
    expect(partsIn(printed)).toEqual({ cluster: 4, Istio: 71, lessons: 14.5, addons: 5 });
  });
  it("are none where it does not say them", () => expect(partsIn("Up in 34.1 s.\n")).toEqual({}));
});

describe("what processes use", () => {
  const used = (command: string, user: number, cpu: number, peak: number) => ({
    command: command.split(" "),
    user,
    cpu,
    peak,
  });
  it("is the program's, the dynamic provider's, and all together", () => {
    expect(
      sampleOf([
        used("pulumi preview", 1, 1.5, 100),
        used("node /lab/node_modules/@pulumi/pulumi/cmd/run --pwd / .", 3, 3.5, 240),
        used("node /lab/node_modules/@pulumi/pulumi/cmd/run --pwd / .", 1, 1, 50),
        used("node /lab/node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js 127.0.0.1:1", 1, 2, 80),
      ]),
    ).toEqual({
      "program: user CPU": 4,
      "program: memory": 240,
      "dynamic provider: user CPU": 1,
      "dynamic provider: memory": 80,
      "all processes: CPU": 8,
    });
  });

  it("has no figure for what did not run", () =>
    expect(sampleOf([used("pulumi preview", 1, 1.5, 100)])).toEqual({ "all processes: CPU": 1.5 }));

  it("is read from /proc, also where a program's name has brackets", () => {
    const fields = ["S", ...Array.from({ length: 10 }, () => "0"), "250", "50", "0"];
    expect(cpuIn(`12 (a (b) c) ${fields.join(" ")}`)).toEqual([2.5, 0.5]);
  });

  it("counts a process with all that descend from it", () => {
    const parents = new Map([
      [2, 1],
      [3, 2],
      [4, 3],
      [5, 1],
    ]);
    expect(descendants(2, parents)).toEqual([2, 3, 4]);
  });

  it("of this process is some CPU and memory", async () => {
    const watch = new Watch(process.pid);
    await new Promise((wait) => setTimeout(wait, 100));
    const me = watch.end().find(({ command }) => command[0] === process.execPath || command[0]?.includes("node"));
    expect(me?.user).toBeGreaterThan(0);
    expect(me?.peak).toBeGreaterThan(10);
  });
});

it("the runner is npm and the command, and no engine of a seat", () => {
  expect(isRunner(["npm run class --roster class.yaml"])).toBe(true);
  expect(isRunner(["node", "cli/run.mjs", "class"])).toBe(true);
  expect(isRunner(["pulumi", "up", "--stack", "anna"])).toBe(false);
});
