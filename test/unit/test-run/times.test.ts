import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { covered, slowest, tierTimes, timesText, waitingIn, type FileTimes } from "../../../cli/test-run/times";

/** What the reporter wrote of a run of all tiers. */
const recorded = JSON.parse(fs.readFileSync(path.join(__dirname, "recorded.json"), "utf8")) as FileTimes[];
const TIERS = ["unit", "engine", "mesh", "rehearsal"];
const file = (changes: Partial<FileTimes>): FileTimes => ({
  file: "a.test.ts",
  project: "unit",
  from: 0,
  to: 1000,
  waits: [],
  ...changes,
});

describe("stretches of time", () => {
  it.each([
    ["none", [], 0],
    ["one", [[5, 8]], 3],
    [
      "two that share nothing, in any order",
      [
        [10, 12],
        [0, 3],
      ],
      5,
    ],
    [
      "two that touch",
      [
        [0, 3],
        [3, 4],
      ],
      4,
    ],
    [
      "two that overlap",
      [
        [0, 6],
        [4, 8],
      ],
      8,
    ],
    [
      "one within another, and one behind both",
      [
        [0, 10],
        [2, 3],
        [11, 12],
      ],
      11,
    ],
  ] as const)("cover the time of both once: %s", (_, stretches, sum) => {
    expect(covered(stretches.map(([from, to]) => ({ from, to })))).toBe(sum);
  });
});

describe("a file's waiting for seats", () => {
  it("counts two waits at once as one, and nothing outside of the file's own time", () => {
    const waits = [
      { from: -500, to: 100 },
      { from: 50, to: 200 },
      { from: 150, to: 300 },
      { from: 900, to: 1700 },
      { from: 2000, to: 2100 },
    ];
    expect(waitingIn(file({ waits }))).toBe(400);
  });
});

describe("the slowest files", () => {
  it("are the ten longest, longest first, equal ones by their names", () => {
    const files = [
      ...Array.from({ length: 11 }, (_, n) => file({ file: `f${n}`, to: n })),
      file({ file: "b", to: 10 }),
    ];
    expect(slowest(files).map(({ file }) => file)).toEqual([
      "b",
      "f10",
      "f9",
      "f8",
      "f7",
      "f6",
      "f5",
      "f4",
      "f3",
      "f2",
    ]);
  });
});

describe("the tiers' times", () => {
  it("are by the clock and of all files together; a project is of the tier that its name begins with", () => {
    const files = [
      file({ project: "engine", from: 0, to: 100, waits: [{ from: 0, to: 40 }] }),
      file({ project: "engine alone", from: 50, to: 130, waits: [{ from: 60, to: 70 }] }),
      file({ project: "mesh", from: 500, to: 600 }),
    ];
    expect(tierTimes(files, TIERS)).toEqual([
      { tier: "engine", files: 2, wall: 130, work: 180, waiting: 50 },
      { tier: "mesh", files: 1, wall: 100, work: 100, waiting: 0 },
    ]);
  });

  it("are the same in whichever order the files ran", () => {
    const forwards = recorded;
    const backwards = [...forwards].reverse();
    expect(tierTimes(backwards, TIERS)).toEqual(tierTimes(forwards, TIERS));
    expect(timesText(backwards, TIERS)).toBe(timesText(forwards, TIERS));
  });
});

describe("what `npm test` closes with", () => {
  it("is nothing where no file ran", () => {
    expect(timesText([], TIERS)).toBe("");
  });

  it("is one line for one file", () => {
    expect(timesText([file({ to: 61_000, waits: [{ from: 0, to: 15_250 }] })], TIERS).split("\n")).toEqual([
      "The slowest file:",
      "  61.0 s  a.test.ts  15.3 s of it waiting for seats",
      "The tiers:",
      "  unit  1 min 01 s  1 file, 1 min 01 s together  25 % of it waiting for seats (15.3 s)",
    ]);
  });

  it("is, of a recorded run, the ten slowest files and the tiers", async () => {
    await expect(`${timesText(recorded, TIERS)}\n`).toMatchFileSnapshot("recorded.txt");
  });
});
