import { describe, expect, it } from "vitest";
import stringWidth from "string-width";
import { boardLines, cut, TerminalBoard } from "../../../../cli/class/board/terminal";
import { LiveBoard } from "../../../../cli/class/board/live";
import type { Board, BoardRow, Phase } from "../../../../cli/class/model";
import { aClass, aSeat, paper } from "../run/a-class";

const started = new Date("2026-11-21T10:00:00Z");
const now = started.getTime() + 187_000;
const phases: Phase[] = ["done", "running", "failed", "waiting", "retrying"];
const names = ["Νικόλαος Παπαδόπουλος-Κωνσταντινίδης", "王小明", "محمد بن عبد الله", "Zażółć Gęślą", "Ann"];

function boardOf(rows: number, phase: (index: number) => Phase = (index) => phases[index % 5]!): Board {
  const row = (_: unknown, index: number): BoardRow => ({
    ...aSeat(index + 1),
    trainee: names[index % 5]!,
    phase: phase(index),
    elapsed: 61_500,
    doing: "creating Release istiod",
    trouble: "no such image ".repeat(20),
  });
  return { class: "istio-101", verb: "up", started, rows: Array.from({ length: rows }, row) };
}

describe("the board in a terminal", () => {
  it("has all of 30 seats on 40 lines, a row each, none wider than the screen", () => {
    const lines = boardLines(boardOf(30), { columns: 100, rows: 40 }, now);
    // The head, the columns' names and a row for each seat.
    expect(lines).toHaveLength(32);
    for (let seat = 1; seat <= 30; seat += 1)
      expect(lines.filter((line) => line.startsWith(aSeat(seat).seat))).toHaveLength(1);
    for (const line of lines) expect(stringWidth(line), line).toBeLessThanOrEqual(99);
    expect(lines[0]).toBe(
      "class istio-101: up · 6 of 30 done, 6 failed, 6 retrying, 6 running, 6 waiting · 3 min 07 s",
    );
  });

  it("keeps its columns under names of every script", () => {
    const lines = boardLines(boardOf(5), { columns: 120, rows: 40 }, now).slice(1);
    const column = stringWidth(lines[0]!.slice(0, lines[0]!.indexOf("PHASE")));
    expect(lines).toHaveLength(6);
    lines
      .slice(1)
      .forEach((line, index) =>
        expect(stringWidth(line.slice(0, line.indexOf(` ${phases[index]} `) + 1)), line).toBe(column),
      );
  });

  it("says of a failed seat its trouble, and of one that runs what it does", () => {
    const lines = boardLines(boardOf(5), { columns: 200, rows: 40 }, now);
    expect(lines[3]).toMatch(/^seat-02 .* running +1 min 01 s +creating Release istiod$/);
    expect(lines[4]).toMatch(/^seat-03 .* failed +1 min 01 s +no such image/);
    expect(lines[5]).toMatch(/^seat-04 .* waiting/);
  });

  it("of too many for the screen shows those that matter, and counts the others", () => {
    const lines = boardLines(boardOf(30), { columns: 100, rows: 24 }, now);
    expect(lines).toHaveLength(22);
    const shown = lines.filter((line) => line.startsWith("seat-"));
    for (const phase of ["running", "failed", "retrying"])
      expect(
        shown.filter((line) => line.includes(` ${phase} `)),
        phase,
      ).toHaveLength(6);
    expect(shown).toHaveLength(18);
    expect(lines.slice(-2)).toEqual(["… and 6 waiting", "… and 6 done"]);
    expect(
      boardLines(
        boardOf(30, () => "failed"),
        { columns: 100, rows: 10 },
        now,
      ).at(-1),
    ).toBe("… and 25 more");
    expect(
      boardLines(
        boardOf(30, () => "failed"),
        { columns: 100, rows: 10 },
        now,
      ),
    ).toHaveLength(8);
  });

  it("cuts by columns and not by characters", () => {
    expect(cut("王小明王小明", 7)).toBe("王小明…");
    expect(cut("Zażółć", 6)).toBe("Zażółć");
  });
});

describe("the board while a verb runs", () => {
  const seats = aClass(2).roster.seats;
  const done = { seat: seats[0]!, status: "done", result: undefined, seconds: 2 } as const;

  it("is a line per change of phase where nobody can redraw", () => {
    const [board, out] = [new LiveBoard("istio-101", "up", seats), paper()];
    const terminal = new TerminalBoard(board, out);
    board.begin(seats[0]!);
    board.doing(seats[0]!, "creating Release istiod");
    board.retrying(seats[0]!, "tries again: 429");
    board.doing(seats[0]!, "creating Release istiod");
    board.end(done);
    board.end({ seat: seats[1]!, status: "skipped", seconds: 0 });
    terminal.end();
    const written = out.written.split("\n");
    expect(written.slice(0, 5)).toEqual([
      "seat-01: running",
      "seat-01: retrying: tries again: 429",
      "seat-01: running",
      "seat-01: done after 2.0 s: creating Release istiod",
      "seat-02: skipped",
    ]);
  });

  it("is drawn over itself on a terminal, and ends as it is at the end", () => {
    const [board, out] = [new LiveBoard("istio-101", "up", seats), paper({ columns: 80, rows: 24 })];
    const terminal = new TerminalBoard(board, out);
    terminal.say("Interrupted.");
    board.begin(seats[0]!);
    board.end(done);
    terminal.end();
    const screen = replay(out.written);
    expect(screen).toHaveLength(5);
    expect(screen[0]).toBe("Interrupted.");
    expect(screen.filter((line) => line.startsWith("seat-01"))).toEqual([expect.stringContaining("done")]);
    expect(screen.filter((line) => line.startsWith("class istio-101"))).toHaveLength(1);
  });
});

/** What stays on the screen of what was written: the two sequences that are used are "up so many lines" and "clear from here". */
function replay(written: string): string[] {
  const lines: string[] = [];
  for (const part of written.split(/(?=\u001b\[\d+A\u001b\[J)/)) {
    const up = /^\u001b\[(\d+)A\u001b\[J/.exec(part);
    if (up) lines.splice(lines.length - Number(up[1]));
    lines.push(
      ...part
        .slice(up?.[0].length ?? 0)
        .split("\n")
        .slice(0, -1),
    );
  }
  return lines;
}
