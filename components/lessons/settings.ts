import * as z from "zod";
import { map, value, withRule, type ReportProblem } from "../config-schema";
import { images } from "../../versions";
import { canaryPlanOf } from "../mesh/canary-plan";
import { weightsOf } from "../mesh/weights";
import { workloads as bookinfo } from "./bookinfo/app";
import { isLessonName, lessonNames, lessonOf, type LessonName } from "./catalog";
import { isOwnLessonName, readOwnLesson, type OwnLesson } from "./own";
import { conflictsOf, type Conflicting } from "./own/conflicts";

const valid = `${lessonNames.join(", ")}, or the folder of one's own such as ./lessons/payments`;

const lesson = value<LessonName>((text) => typeof text === "string" && isLessonName(text)).meta({
  says: { wrong: `is not a lesson; valid: ${valid}`, missing: `valid: ${valid}` },
  valid,
});

/** `istio-lab:lessons`. */
export const lessons = withRule(
  z.array(lesson).meta({
    says: { wrong: `is not a list; valid is for instance ${JSON.stringify(lessonNames)}`, missing: "" },
    valid: `a list of ${valid}`,
  }),
  (list, report) => {
    const known: Conflicting[] = lessonNames.map((name) => ({ name, ...lessonOf(name) }));
    list.forEach((name, index) => {
      if (typeof name !== "string" || !isLessonName(name)) return;
      if (list.indexOf(name) < index) report([index], `${name} is named twice`, { valid: "each name once" });
      else if (isOwnLessonName(name)) {
        const { lesson, problems = [] } = readOwnLesson(name);
        const conflicts = lesson === undefined ? [] : conflictsOf(lesson, known);
        if (lesson !== undefined) known.push({ ...lesson, canary: lesson.file.versions, entry: lesson.file.entry });
        for (const problem of [...problems, ...conflicts])
          report([index], problem, { valid: "a lesson's folder without problems" });
      }
    });
  },
)
  .default([...lessonNames])
  .describe(
    "The lessons to install. An empty list is the mesh alone. A lesson of one's own is a folder: docs/own-lessons.md.",
  );

/** The images of the course's lessons, which every seat of this machine has. */
export const courseImages: readonly string[] = [
  ...new Set([...Object.values(images), ...bookinfo.flatMap(({ versions }) => versions.map(({ image }) => image))]),
];

/**
 * Reports images of one's own lessons that a seat of this machine lacks. It has no registry, so that their pods would
 * wait for minutes and fail.
 */
export function reportImagesNotHere(lessons: unknown, report: ReportProblem): void {
  if (!Array.isArray(lessons)) return;
  lessons.forEach((name: unknown, index) => {
    if (typeof name !== "string" || !isOwnLessonName(name)) return;
    for (const image of imagesIn(readOwnLesson(name).lesson).filter((image) => !courseImages.includes(image)))
      report(
        ["lessons", index],
        `${name} runs the image ${image}. A seat of this machine has no registry, and only these images: ${courseImages.join(", ")}`,
        { valid: "images of the course" },
      );
  });
}

/** Lists the images of a lesson of one's own; none where its folder has problems. */
export function imagesIn(lesson: OwnLesson | undefined): string[] {
  return [...new Set(lesson?.pods.flatMap(({ containers }) => containers.map(({ image }) => image)))];
}

/** A service with versions, and these. */
type Service = readonly [service: string, versions: readonly string[]];

/** Returns the services of the lessons of one's own in this value of `istio-lab:lessons`, as far as it is right. */
export function ownServices(lessons: unknown): Service[] {
  const named = Array.isArray(lessons)
    ? lessons.filter((name) => typeof name === "string" && isOwnLessonName(name))
    : [];
  return named.flatMap((name: string) => Object.entries(readOwnLesson(name).lesson?.file.versions ?? {}));
}

/** The keys whose parts are named after the lessons' services: `istio-lab:canary` and `istio-lab:canaryPlan`. */
export function serviceKeys(own: readonly Service[] = []) {
  return {
    canary: byService('{"v1": 50, "v3": 50}', weightsOf, own).describe(
      "Weights of the versions of a service. A service that is not named sends everything to its first version.",
    ),
    canaryPlan: byService('{"to": "v3", "steps": [10, 50, 100]}', canaryPlanOf, own).describe(
      "The steps by which `class canary` moves the weights of its seats forward and back. The program makes nothing from it.",
    ),
  };
}

/** A map that may have any service with versions. */
function byService<S extends z.ZodType>(
  example: string,
  schemaOf: (service: string, versions: readonly string[]) => S,
  own: readonly Service[],
) {
  const services: Service[] = [...lessonNames.flatMap((name) => Object.entries(lessonOf(name).canary)), ...own];
  // The type promises an entry for every named service, but a service that the config does not name has none.
  const shape = Object.fromEntries(
    services.map(([service, versions]) => [service, schemaOf(service, versions).optional()]),
  ) as unknown as Record<string, S>;
  const all = services.map(([service]) => service);
  return map(shape, `a map such as {"${all[0]}": ${example}}`)
    .meta({ unknownKey: (shown) => `${shown} is not a service with versions; valid: ${all.join(", ")}` })
    .prefault({});
}
