import * as path from "node:path";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../../base/errors";
import type { Outcome } from "../../../../cli/class/model";
import {
  exitCodeOf,
  oneLine,
  outcomeJson,
  outcomeText,
  SeatTrouble,
  troubleOf,
  wholeOf,
} from "../../../../cli/class/run/outcome";
import { aSeat } from "./a-class";

const done = (number: number): Outcome => ({ seat: aSeat(number), status: "done", result: undefined, seconds: 1 });
const failed = (number: number): Outcome => ({
  seat: aSeat(number),
  status: "failed",
  trouble: `no room for ${number}`,
  log: `/logs/seat-0${number}.log`,
  seconds: 1,
});
const ended = (number: number, status: "interrupted" | "skipped"): Outcome => ({
  seat: aSeat(number),
  status,
  seconds: 1,
});

describe("what came of a class", () => {
  it.each<[string, Outcome[], number]>([
    ["all are done", [done(1), done(2)], 0],
    ["the first failed", [failed(1), done(2)], 1],
    ["the last failed", [done(1), done(2), failed(3)], 1],
    ["one was not begun", [done(1), ended(2, "skipped")], 1],
    ["one was interrupted", [done(1), ended(2, "interrupted")], 130],
    ["one was interrupted, and one had failed before", [failed(1), ended(2, "interrupted"), ended(3, "skipped")], 130],
  ])("the exit code where %s", (_, outcomes, code) => expect(exitCodeOf(outcomes)).toBe(code));

  it("names every seat that failed with its trouble and its log, and those that were not finished, and says how many were", () => {
    expect(
      outcomeText([done(1), failed(2), failed(3), ended(4, "interrupted"), ended(5, "skipped")], "up").split("\n"),
    ).toEqual([
      "seat-02 (Trainee 2): no room for 2",
      "  everything: /logs/seat-02.log",
      "seat-03 (Trainee 3): no room for 3",
      "  everything: /logs/seat-03.log",
      "Interrupted or not started: seat-04, seat-05.",
      "1 of 5 seats up. Run the same command again: it continues with what is missing.",
    ]);
    expect(outcomeText([done(1)], "gone")).toBe("1 of 1 seat gone.");
    expect(outcomeText([done(1), failed(2)], "gone")).toMatch(
      /1 of 2 seats gone\. Run the same command again: it continues with what is left\.$/,
    );
  });

  it("has a seat by its name in JSON, and not its config", () => {
    expect(outcomeJson({ ...failed(2), seat: { ...aSeat(2), config: { "blog.ghostPassword": "hidden" } } })).toEqual({
      seat: "seat-02",
      trainee: "Trainee 2",
      status: "failed",
      trouble: "no room for 2",
      log: "/logs/seat-02.log",
      seconds: 1,
    });
  });
});

describe("a log", () => {
  it("inside the working directory is named from there", () => {
    const log = path.resolve("logs", "seat-02.log");
    expect(outcomeText([{ ...failed(2), log } as Outcome], "up")).toContain(
      `  everything: ${path.join("logs", "seat-02.log")}\n`,
    );
  });
});

describe("an error on the board", () => {
  it("of a seat is its one line, and its whole message in the log", () => {
    const trouble = new SeatTrouble("no room", "no room:\n- no memory\n\n");
    expect([troubleOf(trouble), wholeOf(trouble)]).toEqual(["no room", "no room:\n- no memory\n"]);
  });

  it("of a known kind is its message alone; of any other kind it has the name, and its stack in the log", () => {
    expect([troubleOf(new UserError("no room")), wholeOf(new UserError("  no room\n\n"))]).toEqual([
      "no room",
      "  no room\n",
    ]);
    expect(troubleOf(new TypeError("nothing is undefined"))).toBe("TypeError: nothing is undefined");
    expect(wholeOf(new TypeError("nothing is undefined"))).toMatch(/^TypeError: nothing is undefined\n\s+at /);
    expect(troubleOf(Object.assign(new Error("no room"), { name: "ErrorOfTheSdk" }))).toBe("ErrorOfTheSdk: no room");
  });

  it("without a word says so; a text that was thrown is itself", () => {
    expect([troubleOf(new UserError("")), troubleOf("killed")]).toEqual(["no reason was given", "killed"]);
  });

  it("has at most 300 characters", () => {
    expect(oneLine("x".repeat(300))).toBe("x".repeat(300));
    expect(oneLine("x".repeat(301))).toBe(`${"x".repeat(299)}…`);
  });
});
