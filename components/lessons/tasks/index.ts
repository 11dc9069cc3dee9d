import type { Settings } from "../../../config";
import { lessonOf } from "../catalog";
import type { TaskSpec } from "./task";

/** Returns the tasks of a seat's lessons, in the order of the config and of their pages. */
export function tasksOf(settings: Settings): TaskSpec[] {
  return settings.lessons.flatMap((name) => lessonOf(name).tasks?.(settings) ?? []);
}
