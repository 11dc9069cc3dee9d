import { lessonNames, lessonOf, type LessonName } from "../../components/lessons/catalog";
import type { LessonEntry } from "../../components/lessons/lesson";
import type { Target } from "./request";

/** The lessons behind the gateway, in the order of the course. */
export const trafficLessons: readonly LessonName[] = lessonNames.filter((name) => lessonOf(name).entry !== undefined);

/** Returns the lesson's request whose answer names the version. */
export function targetOf(lesson: LessonName, gatewayUrl: string): Target {
  const entry = entryOf(lesson);
  return targetAt(entry, gatewayUrl, entry.traffic ?? { path: entry.path, versionOf: answeredBy(entry) });
}

/** Returns the request that passes through most of the lesson. Its answer names no version. */
export function entryTarget(lesson: LessonName, gatewayUrl: string): Target {
  const entry = entryOf(lesson);
  return targetAt(entry, gatewayUrl, { path: entry.path, versionOf: answeredBy(entry) });
}

function entryOf(lesson: LessonName): LessonEntry {
  const { entry } = lessonOf(lesson);
  if (entry === undefined) throw new Error(`lesson ${lesson} is not reached through the gateway`);
  return entry;
}

function targetAt(
  { host }: LessonEntry,
  gatewayUrl: string,
  { path, versionOf }: NonNullable<LessonEntry["traffic"]>,
): Target {
  return {
    url: gatewayUrl.replace(/\/+$/, "") + path,
    ...(host !== undefined && { headers: { Host: host } }),
    versionOf,
  };
}

function answeredBy({ answer }: LessonEntry): Target["versionOf"] {
  return (body) => (body.includes(answer) ? "answered" : undefined);
}
