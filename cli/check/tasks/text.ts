import stringWidth from "string-width";
import { onStack } from "../../../base/advice";
import { openTasks, type TaskState } from "./state";

/** `3 of 14` */
export function countText(states: readonly TaskState[]): string {
  return `${states.filter(({ state }) => state === "done").length} of ${states.length}`;
}

/** The task that was done last; undefined where none is done. */
export function lastDone(states: readonly TaskState[]): (TaskState & { readonly done: string }) | undefined {
  const done = states.flatMap((one) => (one.done === undefined ? [] : [{ ...one, done: one.done }]));
  return done.sort((a, b) => a.done.localeCompare(b.done)).at(-1);
}

/** The time of day in this machine's time zone, with the date where it is another day. */
export function timeText(iso: string, now: Date): string {
  const at = new Date(iso);
  const time = at.toLocaleTimeString("en-GB");
  return at.toDateString() === now.toDateString() ? time : `${at.toLocaleDateString("sv-SE")} ${time}`;
}

const HEADINGS = ["lesson", "task", "what to do", "done"];
const GAP = "  ";

/** The tasks of a seat as a table, then what is next and where help is. */
export function tasksTable(stack: string, states: readonly TaskState[], now: Date): string {
  const [next] = openTasks(states);
  const rows = states.map((one, index) => [
    states[index - 1]?.lesson === one.lesson ? "" : one.lesson,
    one.task,
    one.title,
    one.done === undefined ? (one === next ? "next" : one.state) : timeText(one.done, now),
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(...[heading, ...rows.map((row) => row[column]!)].map((text) => stringWidth(text))),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell + " ".repeat(widths[column]! - stringWidth(cell)))
      .join(GAP)
      .trimEnd();
  const unknown = states.filter(({ state }) => state === "unknown");
  return `${[
    line(HEADINGS),
    ...rows.map(line),
    ...unknown.map(({ task, seen }) => `${task} is unknown: ${seen}`),
    "",
    ...(next === undefined ? [] : nextLines(stack, next)),
    `${countText(states)} tasks done on stack ${stack}`,
  ].join("\n")}\n`;
}

/** Where the task is in its page: `docs/lessons/blog.md, "3. Change: the canary goes on"`. */
export function placeText({ page, section }: Pick<TaskState, "page" | "section">): string {
  return section === undefined ? page : `${page}, "${section}"`;
}

function nextLines(stack: string, next: TaskState): string[] {
  return [
    `next  ${next.title}`,
    `page  ${placeText(next)}`,
    `seen  ${next.seen}`,
    `help  ${onStack(stack, "npm run -s hint")}`,
    "",
  ];
}

export function tasksJson(stack: string, states: readonly TaskState[]): string {
  return `${JSON.stringify({ stack, tasks: states }, undefined, 2)}\n`;
}
