import { lessonCalled } from "../../../components/lessons/catalog";
import { tasksOf } from "../../../components/lessons/tasks";
import type { TaskSpec } from "../../../components/lessons/tasks/task";
import type { Settings } from "../../../config";
import type { Seat } from "../../seat/seat";

/** A task of a seat, and how it stands. */
export interface TaskState {
  readonly lesson: string;
  /** The task's name. */
  readonly task: string;
  readonly title: string;
  /** The trainee's page, by its path in the project. */
  readonly page: string;
  readonly section?: string;
  /**
   * `done` stays, whatever happens later. `open` was asked and is not done. `later` was not asked, because the task
   * before it is not done. `unknown` could not be asked.
   */
  readonly state: "done" | "open" | "later" | "unknown";
  /** When somebody first saw it done, in ISO 8601. Only where it is done. */
  readonly done?: string;
  /** What was seen, or why nothing was. Only where it was asked and is not done. */
  readonly seen?: string;
}

/** Whose tasks are asked. */
export interface TaskSource {
  readonly stack: string;
  readonly settings: Settings;
  /** Lessons that the last `up` installed, as the outputs name them. */
  readonly installed: readonly string[];
  readonly seat: Pick<Seat, "get" | "list">;
}

/** The tasks of a seat's installed lessons, in the pages' order. */
export function installedTasks({ settings, installed }: Pick<TaskSource, "settings" | "installed">): TaskSpec[] {
  const lessons = settings.lessons.filter((name) => lessonCalled(name, installed) !== undefined);
  return tasksOf({ ...settings, lessons });
}

/** Returns the tasks that a trainee can do now, in the pages' order. */
export function openTasks(states: readonly TaskState[]): TaskState[] {
  return states.filter(({ state }) => state === "open");
}

/** The seat's cluster: the UID of its first namespace. @throws where it has none, or does not answer */
export async function seatId(seat: Pick<Seat, "get">): Promise<string> {
  const uid = (await seat.get("/api/v1/namespaces/kube-system"))?.metadata.uid;
  if (typeof uid !== "string") throw new Error("its cluster has no namespace kube-system");
  return uid;
}
