import { UserError } from "../../../base/errors";
import { amount } from "../../../kube";
import type { LessonDefinition, LessonEntry, LessonWorkload } from "../lesson";
import { ownChecks } from "./checks";
import { specOf } from "./manifests";
import type { OwnLessonName } from "./names";
import { ownTasks } from "./tasks";
import { readOwnLesson, type OwnLesson } from "./read";

/**
 * Returns the definition of a lesson that the config names by its folder. The folder is read again each time, so that
 * it is never older than the files.
 * @throws UserError that lists what is wrong with the folder
 */
export function ownLessonOf(folder: OwnLessonName): LessonDefinition {
  const { lesson, problems } = readOwnLesson(folder);
  if (lesson === undefined)
    throw new UserError(`Lesson ${folder} cannot be read:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  return definitionOf(lesson);
}

/** The lesson as everything else sees it. */
function definitionOf(lesson: OwnLesson): LessonDefinition {
  const { namespace, file, objects } = lesson;
  const entry = entryOf(lesson);
  return {
    namespace,
    canary: file.versions,
    workloads: () => workloadsOf(lesson),
    needs: {
      ...(file.cpu !== undefined && { cpu: file.cpu }),
      ...(file.memory !== undefined && { memory: file.memory }),
    },
    checks: (settings) => ownChecks(lesson, settings),
    tasks: () => ownTasks(lesson),
    component: () => (require("./component") as typeof import("./component")).lessonClassOf(lesson),
    calls: file.calls,
    ...(entry === undefined
      ? { begins: `kubectl get pods -n ${namespace}` }
      : { entry, card: { command: commandOf(entry), ...(entry.host === undefined && { label: lesson.name }) } }),
    claims: objects
      .filter(
        ({ kind, object }) => kind === "v1 PersistentVolumeClaim" && specOf(object).storageClassName === undefined,
      )
      .map(({ name }) => name),
  };
}

function entryOf({ file: { entry } }: OwnLesson): LessonEntry | undefined {
  if (entry === undefined) return undefined;
  const version = entry.version === undefined ? undefined : new RegExp(entry.version);
  return {
    path: entry.path,
    ...(entry.host !== undefined && { host: entry.host }),
    app: entry.service,
    answer: entry.answer,
    ...(version && { traffic: { path: entry.path, versionOf: (body: string) => version.exec(body)?.[1] } }),
  };
}

function commandOf({ path, host }: LessonEntry): string {
  return `curl -s ${host === undefined ? "" : `-H Host:${host} `}"$URL${path}"`;
}

/** One workload for each app with the requests of all containers of its pods. */
function workloadsOf({ pods }: OwnLesson): LessonWorkload[] {
  const apps = [...new Set(pods.map(({ app }) => app))];
  return apps.map((app) => ({
    app,
    versions: pods
      .filter((one) => one.app === app)
      .map(({ version, workload, replicas, containers }) => ({
        version,
        deployment: workload,
        image: containers[0]?.image ?? "",
        replicas,
        resources: { requests: sumOf(containers.map(({ requests }) => requests)) },
      })),
  }));
}

function sumOf(all: readonly Readonly<Record<string, string>>[]): { cpu: string; memory: string } {
  const amounts = all.map(amount);
  const sum = (key: "cpu" | "memory") => amounts.reduce((total, one) => total + one[key], 0);
  return { cpu: `${sum("cpu")}m`, memory: String(sum("memory")) };
}
