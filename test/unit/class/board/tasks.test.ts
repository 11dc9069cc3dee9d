import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { tasksCsv, tasksHtml, tasksText } from "../../../../cli/class/board/tasks";
import { boardLines } from "../../../../cli/class/board/terminal";
import { boardPage } from "../../../../cli/class/board/html";
import type { Board, BoardRow } from "../../../../cli/class/model";
import type { TaskState } from "../../../../cli/check";

const now = new Date(2026, 11, 1, 12, 0, 0);
const done = new Date(2026, 11, 1, 10, 4, 5).toISOString();
const page = "docs/lessons/blog.md";
const tasks: TaskState[] = [
  { lesson: "backend", task: "backend-b", title: "Do <b>", page, state: "open" },
  { lesson: "blog", task: "blog-a", title: "Do a", page, state: "done", done },
];
const row = (more: Partial<BoardRow>): BoardRow => ({
  seat: "seat-01",
  trainee: "Ada",
  phase: "done",
  elapsed: 0,
  doing: "up, 3 pods ready",
  ...more,
});
const rows = [
  row({ tasks }),
  row({ seat: "seat-02", trainee: "=1+1", tasksUnknown: "no answer" }),
  row({ seat: "seat-03", phase: "waiting", doing: "not made" }),
];
const board: Board = { class: "c", verb: "status", started: now, ended: now, rows };

describe("a class's board", () => {
  it("has a column of tasks: how many are done, and the last with its time", () => {
    expect(boardLines(board, { columns: 120, rows: 40 }, now.getTime()).slice(1)).toEqual([
      "SEAT     TRAINEE  PHASE    TIME   TASKS",
      "seat-01  Ada      done     0.0 s  1 of 2, 10:04:05 blog-a  up, 3 pods ready",
      "seat-02  =1+1     done     0.0 s  unknown                  up, 3 pods ready",
      "seat-03  Ada      waiting                                  not made",
    ]);
  });

  it("has no such column where no seat has tasks", () => {
    const without = { ...board, rows: [row({})] };
    expect(boardLines(without, { columns: 120, rows: 40 }).join("\n")).not.toContain("TASKS");
    expect(tasksText(row({ tasks: [tasks[0]!] }), now)).toBe("0 of 1");
  });

  it("as a page, shows a square for each task with its order and time, escaped", () => {
    expect(tasksHtml(rows[0]!, now)).toBe(
      '<span class="tasks"><b>1 of 2</b> <span><i class="open" title="backend: Do &#60;b&#62; · open"></i></span>' +
        '<span><i class="done" title="blog: Do a · 10:04:05"></i></span> 10:04:05 blog-a</span> ',
    );
    const text = boardPage(board, now);
    expect(text).toContain('<i class="done" title="blog: Do a');
    expect(text).toContain('<span class="tasks" title="no answer">tasks unknown</span>');
  });
});

describe("a class's tasks as CSV", () => {
  it("have a line for each trainee and task, with the time of the first green, and no formula", () => {
    const csv = tasksCsv({ seats: rows });
    expect(parse(csv, { columns: true })).toEqual([
      {
        seat: "seat-01",
        trainee: "Ada",
        lesson: "backend",
        task: "backend-b",
        title: "Do <b>",
        state: "open",
        done: "",
      },
      { seat: "seat-01", trainee: "Ada", lesson: "blog", task: "blog-a", title: "Do a", state: "done", done },
      { seat: "seat-02", trainee: "'=1+1", lesson: "", task: "", title: "", state: "unknown", done: "" },
    ]);
  });
});
