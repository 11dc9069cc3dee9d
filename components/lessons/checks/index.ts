import type { Settings } from "../../../config";
import type { LessonName } from "../catalog";
import { admissionChecks } from "./admission";
import { backendChecks } from "./backend";
import { blogChecks } from "./blog";
import { bookinfoChecks } from "./bookinfo";
import type { CheckSpec } from "./check";
import { temperatureChecks } from "./temperature";

const byLesson: Record<LessonName, (settings: Settings) => CheckSpec[]> = {
  backend: backendChecks,
  bookinfo: bookinfoChecks,
  temperature: temperatureChecks,
  blog: blogChecks,
  admission: admissionChecks,
};

/** What the lessons of a seat with these settings have to show, in the order of the config. */
export function lessonChecks(settings: Settings): CheckSpec[] {
  return settings.lessons.flatMap((lesson) => byLesson[lesson](settings));
}
