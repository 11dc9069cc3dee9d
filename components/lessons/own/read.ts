import * as path from "node:path";
import type * as z from "zod";
import { isMap } from "../../../base/values";
import { problemsIn } from "../../validate";
import { brief } from "../../config-file";
import { checksProblems } from "./check-rules";
import { labelOf, readFolder, type Refuse, type Source } from "./folder";
import { placeOf, podsOf, readObjects, type OwnObject, type OwnPods } from "./manifests";
import { lessonProblems, nameProblem } from "./rules";
import { checkKinds, lessonFile, taskKinds, type LessonFile, type OwnCheck, type OwnTask } from "./schema";

/** A lesson that a folder of the user's holds. */
export interface OwnLesson {
  /** The folder's name. Resources, checks and commands call the lesson so. */
  readonly name: string;
  /** As the config names it: `./lessons/payments`. */
  readonly folder: string;
  readonly namespace: string;
  readonly file: LessonFile;
  readonly objects: readonly OwnObject[];
  readonly pods: readonly OwnPods[];
  readonly checks: readonly OwnCheck[];
  readonly tasks: readonly OwnTask[];
}

/** What a folder holds. There is a lesson only where there is no problem. */
export type LessonRead =
  | { readonly lesson: OwnLesson; readonly problems?: undefined }
  | { readonly lesson?: undefined; readonly problems: readonly string[] };

/** Reads and validates a lesson's folder as a whole. Each problem names its file and line. */
export function readOwnLesson(folder: string): LessonRead {
  const problems: string[] = [];
  const refuse: Refuse = (where, problem) => void problems.push(`${where}: ${problem}`);
  const name = path.basename(folder);
  const wrongName = nameProblem(name);
  if (wrongName !== undefined) refuse(folder, wrongName);
  const sources = readFolder(folder, refuse);
  const file = sources.lesson && valid(lessonFile, sources.lesson, refuse);
  const namespace = file?.namespace ?? name;
  const objects = readObjects(sources.manifests, namespace, refuse);
  const proved = sources.checks === undefined ? { checks: [], tasks: [] } : readChecks(sources.checks, refuse);
  if (sources.manifests.length === 0 && problems.length === 0) refuse(`${folder}/manifests`, "has no object");
  if (file !== undefined && proved !== undefined && problems.length === 0) {
    const lesson = { name, folder, namespace, file, objects, pods: podsOf(objects), ...proved };
    lessonProblems(lesson, (keys, problem) => refuse(placeOf(sources.lesson!, keys), problem));
    checksProblems(lesson, (keys, problem) => refuse(placeOf(sources.checks!, keys), problem));
    if (problems.length === 0) return { lesson };
  }
  return { problems };
}

/** Returns a document as its schema reads it; undefined where something is wrong with it. */
function valid<S extends z.ZodType>(schema: S, source: Source, refuse: Refuse): z.output<S> | undefined {
  return parsed(schema, source, [], source.value, refuse);
}

function parsed<S extends z.ZodType>(
  schema: S,
  source: Source,
  at: readonly PropertyKey[],
  value: unknown,
  refuse: Refuse,
): z.output<S> | undefined {
  const { value: read, found } = problemsIn(schema, value, { label: labelOf(at) });
  for (const { keys, path, text } of found)
    refuse(placeOf(source, [...at, ...keys]), path === "" ? text : `${path}: ${text}`);
  return found.length === 0 ? read : undefined;
}

function readChecks(source: Source, refuse: Refuse): Pick<OwnLesson, "checks" | "tasks"> | undefined {
  const { value } = source;
  const { checks, tasks = [], ...rest } = isMap(value) ? value : {};
  if (!Array.isArray(checks) || !Array.isArray(tasks) || Object.keys(rest).length > 0)
    return void refuse(
      placeOf(source),
      `${brief(value)} is not a map with checks, a list, and perhaps tasks, another list`,
    );
  const read = {
    checks: readList<OwnCheck>("check", checkKinds, checks, source, refuse),
    tasks: readList<OwnTask>("task", taskKinds, tasks, source, refuse),
  };
  return read.checks && read.tasks ? { checks: read.checks, tasks: read.tasks } : undefined;
}

/** Reads each item by the schema of its kind. */
function readList<Item>(
  what: "check" | "task",
  kinds: Readonly<Record<string, z.ZodType>>,
  items: readonly unknown[],
  source: Source,
  refuse: Refuse,
): Item[] | undefined {
  const read = items.map((item, index) => {
    const at = [`${what}s`, index];
    const kind = isMap(item) ? item.kind : undefined;
    if (typeof kind === "string" && Object.hasOwn(kinds, kind))
      return parsed(kinds[kind] as z.ZodType<Item>, source, at, item, refuse);
    return void refuse(
      placeOf(source, [...at, "kind"]),
      `${labelOf([...at, "kind"])}: ${brief(kind)} is not a kind of ${what}; valid: ${Object.keys(kinds).join(", ")}`,
    );
  });
  return read.every((item) => item !== undefined) ? read : undefined;
}
