import { describe, expect, it } from "vitest";
import { tasksJson, tasksTable, timeText, type TaskState } from "../../../cli/check";

const now = new Date(2026, 11, 1, 12, 0, 0);
const morning = new Date(2026, 11, 1, 10, 4, 5).toISOString();
const page = "docs/lessons/blog.md";
const states: TaskState[] = [
  { lesson: "blog", task: "blog-a", title: "Do a", page, state: "done", done: morning },
  { lesson: "blog", task: "blog-b", title: "Do b", page, section: "2. B", state: "open", seen: "weight is 90" },
  { lesson: "blog", task: "blog-c", title: "Do c", page, state: "later" },
  { lesson: "admission", task: "admission-d", title: "Do d", page, state: "unknown", seen: "no answer" },
];

describe("the list of a trainee's tasks", () => {
  it("says which are done and when, what is next and where help is", () => {
    expect(tasksTable("ada", states, now)).toBe(`lesson     task         what to do  done
blog       blog-a       Do a        10:04:05
           blog-b       Do b        next
           blog-c       Do c        later
admission  admission-d  Do d        unknown
admission-d is unknown: no answer

next  Do b
page  ${page}, "2. B"
seen  weight is 90
help  npm run -s hint -- --stack ada

1 of 4 tasks done on stack ada
`);
  });

  it("has nothing next where all are done, and the date of another day", () => {
    const done = [{ ...states[0]!, done: new Date(2026, 10, 30, 9, 0, 0).toISOString() }];
    expect(tasksTable("ada", done, now).split("\n").slice(1)).toEqual([
      "blog    blog-a  Do a        2026-11-30 09:00:00",
      "",
      "1 of 1 tasks done on stack ada",
      "",
    ]);
    expect(timeText(morning, now)).toBe("10:04:05");
  });

  it("is JSON with the same", () => {
    expect(JSON.parse(tasksJson("ada", states))).toEqual({ stack: "ada", tasks: states });
  });
});
