import type { Needs } from "../../kube";
import { admission } from "./admission";
import { backend } from "./backend";
import { blog } from "./blog";
import { bookinfo } from "./bookinfo";
import type { LessonDefinition, LessonSettings } from "./lesson";
import { temperature } from "./temperature";
import { needsOf } from "./workload-spec";

/** The lessons that exist, in the order of the course: one line each. */
export const catalog = { backend, bookinfo, temperature, blog, admission } satisfies Record<string, LessonDefinition>;

export type LessonName = keyof typeof catalog;

/** All lessons that exist, in the order of the course. */
export const lessonNames = Object.keys(catalog) as LessonName[];

/** The definition of a lesson, with the parts that some have and others do not. */
export function lessonOf(name: LessonName): LessonDefinition {
  return catalog[name];
}

/** What the pods of these lessons request, without their sidecars. */
export function lessonNeeds({
  lessons,
  ...settings
}: LessonSettings & { readonly lessons: readonly LessonName[] }): Needs {
  return needsOf(lessons.flatMap((name) => lessonOf(name).workloads(settings)));
}

/** Images of these lessons that are for amd64 alone. */
export function amd64OnlyOf(lessons: readonly LessonName[]): string[] {
  return lessons.flatMap((name) => lessonOf(name).amd64Only ?? []);
}
