import type { Needs } from "../../kube";
import { admission } from "./admission";
import { backend } from "./backend";
import { blog } from "./blog";
import { bookinfo } from "./bookinfo";
import type { LessonDefinition, LessonSettings } from "./lesson";
import { temperature } from "./temperature";
import { needsOf } from "./workload-spec";

/** All lessons, in the order of the course, one entry each. */
export const catalog = { backend, bookinfo, temperature, blog, admission } satisfies Record<string, LessonDefinition>;

export type LessonName = keyof typeof catalog;

/** The names of all lessons, in the order of the course. */
export const lessonNames = Object.keys(catalog) as LessonName[];

/** Returns the definition of a lesson, typed with the optional parts that only some lessons have. */
export function lessonOf(name: LessonName): LessonDefinition {
  return catalog[name];
}

/** Sums the requests of these lessons' pods, without their sidecars. */
export function lessonNeeds({
  lessons,
  ...settings
}: LessonSettings & { readonly lessons: readonly LessonName[] }): Needs {
  return needsOf(lessons.flatMap((name) => lessonOf(name).workloads(settings)));
}

/** Lists the images of these lessons that are only known to exist for amd64. */
export function amd64OnlyOf(lessons: readonly LessonName[]): string[] {
  return lessons.flatMap((name) => lessonOf(name).amd64Only ?? []);
}
