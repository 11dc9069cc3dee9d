import type { Settings } from "../../../config";
import { lessonOf } from "../catalog";
import { lessonAnalysis } from "./analysis";
import type { CheckSpec } from "./check";

/** Returns the checks of a seat's lessons, in the order of the config. */
export function lessonChecks(settings: Settings): CheckSpec[] {
  return settings.lessons.flatMap((name) => [...lessonOf(name).checks(settings), lessonAnalysis(name, settings)]);
}
