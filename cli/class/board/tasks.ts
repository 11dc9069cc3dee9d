import { stringify } from "csv-stringify/sync";
import { countText, lastDone, type TaskState, timeText } from "../../check";
import { html } from "../markup";
import type { BoardRow } from "../model";

/** The head of the terminal's column, which is there where any seat has tasks. */
export const TASKS = "TASKS";

/** Whether any seat's tasks were asked. */
export function hasTasks(rows: readonly BoardRow[]): boolean {
  return rows.some(({ tasks, tasksUnknown }) => tasks !== undefined || tasksUnknown !== undefined);
}

/** `3 of 14, 10:20:11 blog-shift-half`: how many are done, and the last one with its time. */
export function tasksText({ tasks, tasksUnknown }: Pick<BoardRow, "tasks" | "tasksUnknown">, now = new Date()): string {
  if (tasks === undefined) return tasksUnknown === undefined ? "" : "unknown";
  const last = lastDone(tasks);
  return last === undefined ? countText(tasks) : `${countText(tasks)}, ${timeText(last.done, now)} ${last.task}`;
}

/**
 * How many are done, a square for each task, lesson by lesson, with its order and its time as the title, and the last
 * one in words.
 */
export function tasksHtml({ tasks, tasksUnknown }: Pick<BoardRow, "tasks" | "tasksUnknown">, now = new Date()): string {
  if (tasks === undefined)
    return tasksUnknown === undefined ? "" : `<span class="tasks" title="${html(tasksUnknown)}">tasks unknown</span> `;
  const lessons = [...new Set(tasks.map(({ lesson }) => lesson))];
  const squares = lessons.map(
    (lesson) =>
      `<span>${tasks
        .filter((task) => task.lesson === lesson)
        .map((task) => square(task, now))
        .join("")}</span>`,
  );
  const last = lastDone(tasks);
  const lastText = last === undefined ? "" : ` ${html(`${timeText(last.done, now)} ${last.task}`)}`;
  return `<span class="tasks"><b>${countText(tasks)}</b> ${squares.join("")}${lastText}</span> `;
}

function square({ lesson, title, state, done }: TaskState, now: Date): string {
  const how = done === undefined ? state : timeText(done, now);
  return `<i class="${state}" title="${html(`${lesson}: ${title} · ${how}`)}"></i>`;
}

/**
 * A line for each trainee and task as CSV, with the time when it was first seen done. A text that a spreadsheet would
 * run as a formula is escaped.
 */
export function tasksCsv({ seats }: { readonly seats: readonly BoardRow[] }): string {
  const rows = seats.flatMap(({ seat, trainee, tasks = [], tasksUnknown }) =>
    tasks.length === 0 && tasksUnknown !== undefined
      ? [{ seat, trainee, state: "unknown" }]
      : tasks.map(({ lesson, task, title, state, done = "" }) => ({ seat, trainee, lesson, task, title, state, done })),
  );
  const columns = ["seat", "trainee", "lesson", "task", "title", "state", "done"];
  return stringify(rows, { header: true, columns, escape_formulas: true });
}
