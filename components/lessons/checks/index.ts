import type { Settings } from "../../../config";
import { lessonOf } from "../catalog";
import type { CheckSpec } from "./check";

/** What the lessons of a seat with these settings have to show, in the order of the config. */
export function lessonChecks(settings: Settings): CheckSpec[] {
  return settings.lessons.flatMap((name) => lessonOf(name).checks(settings));
}
