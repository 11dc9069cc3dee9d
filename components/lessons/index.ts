import * as pulumi from "@pulumi/pulumi";
import { AdmissionLesson } from "./admission";
import { BackendLesson } from "./backend";
import { BlogLesson } from "./blog";
import { BookinfoLesson } from "./bookinfo";
import type { LessonName } from "./catalog";
import type { Lesson, LessonArgs, LessonClass } from "./lesson";
import { TemperatureLesson } from "./temperature";

/** The component of each entry of the catalog. */
const classes: Record<LessonName, LessonClass> = {
  backend: BackendLesson,
  bookinfo: BookinfoLesson,
  temperature: TemperatureLesson,
  blog: BlogLesson,
  admission: AdmissionLesson,
};

/** Lesson → where it begins. */
export function urls(lessons: Record<string, Lesson>): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(Object.entries(lessons).map(([name, { url }]) => [name, url]));
}

/** Installs `names` and returns them by name. */
export function makeLessons(names: readonly LessonName[], args: LessonArgs, opts: pulumi.ComponentResourceOptions): Record<string, Lesson> {
  return Object.fromEntries(names.map((name) => [name, new classes[name](name, args, opts)]));
}
