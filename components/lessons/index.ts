import type * as pulumi from "@pulumi/pulumi";
import { lessonOf, type LessonName } from "./catalog";
import type { Lesson, LessonArgs } from "./lesson";

/** Installs `names` and returns them by name. */
export function makeLessons(names: readonly LessonName[], args: LessonArgs, opts: pulumi.ComponentResourceOptions): Record<string, Lesson> {
  const make = (name: LessonName) => new (lessonOf(name).component())(name, args, opts);
  return Object.fromEntries(names.map((name) => [name, make(name)]));
}

/** Lesson → where it begins. */
export function urls(lessons: Record<string, Lesson>): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(Object.entries(lessons).map(([name, { url }]) => [name, url]));
}
