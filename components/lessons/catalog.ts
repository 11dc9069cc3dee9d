import { amount, type Needs } from "../../kube";
import { admission } from "./admission";
import { backend } from "./backend";
import { blog } from "./blog";
import { bookinfo } from "./bookinfo";
import type { LessonDefinition, LessonSettings } from "./lesson";
import { temperature } from "./temperature";
import { isOwnLessonName, ownLessonOf, shortNameOf, type OwnLessonName } from "./own";
import { needsOf } from "./workload-spec";

/** The lessons of the course, in its order, one entry each. */
export const catalog = { backend, bookinfo, temperature, blog, admission } satisfies Record<string, LessonDefinition>;

/** The name of a lesson of the course. */
export type CourseLesson = keyof typeof catalog;

/** A lesson as the config and the outputs name it: one of the course's, or the folder of one's own. */
export type LessonName = CourseLesson | OwnLessonName;

/** The names of the course's lessons, in its order. */
export const lessonNames = Object.keys(catalog) as CourseLesson[];

/** Whether the text names a lesson: one of the course, or a folder, whether or not it exists. */
export function isLessonName(text: string): text is LessonName {
  return Object.hasOwn(catalog, text) || isOwnLessonName(text);
}

/**
 * Returns the definition of a lesson, typed with the optional parts that only some lessons have.
 * @throws UserError where the folder of a lesson of one's own has problems
 */
export function lessonOf(name: LessonName): LessonDefinition {
  return isOwnLessonName(name) ? ownLessonOf(name) : catalog[name];
}

/** Returns the name that resources, checks and commands have for a lesson: a folder's last part. */
export function shortName(lesson: LessonName): string {
  return shortNameOf(lesson);
}

/** Returns the trainee's page of a lesson, by its path in the project. A lesson of one's own may be without one. */
export function pageOf(lesson: LessonName): string {
  return isOwnLessonName(lesson) ? `${lesson.replace(/^\.\//, "")}/README.md` : `docs/lessons/${lesson}.md`;
}

/** Returns the lessons among these names: those of the course in its order, then one's own. */
export function lessonsAmong(names: readonly string[]): LessonName[] {
  return [...lessonNames.filter((name) => names.includes(name)), ...names.filter(isOwnLessonName)];
}

/** Returns the lesson that a command calls by its short name or by its name in the config. */
export function lessonCalled(text: string, among: readonly string[]): LessonName | undefined {
  return lessonsAmong(among).find((name) => name === text || shortName(name) === text);
}

/** Sums the requests of these lessons' pods, without their sidecars. */
export function lessonNeeds({
  lessons,
  ...settings
}: LessonSettings & { readonly lessons: readonly LessonName[] }): Needs {
  const all = lessons.map((name): Needs => {
    const { needs = {}, workloads } = lessonOf(name);
    const summed = needsOf(workloads(settings));
    const given = amount(needs);
    return {
      ...summed,
      ...(needs.cpu !== undefined && { cpu: given.cpu }),
      ...(needs.memory !== undefined && { memory: given.memory }),
    };
  });
  const sum = (key: keyof Needs) => all.reduce((total, one) => total + one[key], 0);
  return { pods: sum("pods"), cpu: sum("cpu"), memory: sum("memory") };
}

/** Lists the images of these lessons that are only known to exist for amd64. */
export function amd64OnlyOf(lessons: readonly LessonName[]): string[] {
  return lessons.flatMap((name) => lessonOf(name).amd64Only ?? []);
}
