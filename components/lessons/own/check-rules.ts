import { brief } from "../../config-file";
import { labelOf } from "./folder";
import { isOwnKind, kindsNamed } from "./kinds";
import type { OwnLesson } from "./read";
import { keyOf, labObjects, type Report } from "./rules";
import type { OwnCheck } from "./schema";

/** Reports what does not fit together in checks.yaml and the rest of the lesson. */
export function checksProblems(lesson: OwnLesson, report: Report): void {
  const { checks, tasks } = lesson;
  const sayAt =
    (...at: PropertyKey[]): Report =>
    (keys, problem) =>
      report([...at, ...keys], `${labelOf([...at, ...keys])}: ${problem}`);
  const names = [...checks, ...tasks].map(({ name }) => name);
  const nameProblems = (index: number, say: Report) => {
    const name = names[index]!;
    if (names.indexOf(name) < index)
      say(
        ["name"],
        `${brief(name)} is the name of another ${names.indexOf(name) < checks.length ? "check" : "task"} too`,
      );
    if (name === ANALYSIS) say(["name"], `${ANALYSIS} is the name of the check that every lesson has`);
  };
  checks.forEach((check, index) => {
    const say = sayAt("checks", index);
    nameProblems(index, say);
    problemsOf(check, lesson, say);
  });
  tasks.forEach((task, index) => {
    const say = sayAt("tasks", index);
    nameProblems(checks.length + index, say);
    const before = tasks.slice(0, index).map(({ name }) => name);
    if (task.after !== undefined && !before.includes(task.after))
      say(["after"], `${brief(task.after)} is not a task above this one; there are: ${before.join(", ") || "none"}`);
    // The page may ask for an object that nobody has made yet, so that any name is right.
    if (task.kind === "objects") objectsProblems(task.wanted, undefined, say);
    else podsProblems(task.wanted, lesson, say);
  });
}

/** The end of the name of the check with istioctl's analyzers, which every lesson has. */
const ANALYSIS = "analysis";

function problemsOf(check: OwnCheck, lesson: OwnLesson, say: Report): void {
  const { file, pods, objects, namespace } = lesson;
  const apps = [...new Set(pods.map(({ app }) => app))];
  const services = objects.filter(({ kind }) => kind === "v1 Service").map(({ name }) => name);
  const requireApp = (app: string, keys: readonly PropertyKey[]) => {
    if (!apps.includes(app)) say(keys, noApp(app, apps));
  };
  switch (check.kind) {
    case "answer":
      if (file.entry === undefined)
        say(["request"], "the lesson has no entry in lesson.yaml, so that the gateway has no route to it");
      return;
    case "split": {
      const versions = file.versions[check.service];
      if (versions === undefined)
        return say(
          ["service"],
          `${brief(check.service)} is not in versions of lesson.yaml; it has: ${Object.keys(file.versions).join(", ") || "none"}`,
        );
      if (file.entry?.version === undefined)
        say(["service"], "lesson.yaml has no entry.version, which tells an answer's version");
      const weights = Object.entries(check.wanted ?? {});
      for (const [version] of weights)
        if (!versions.includes(version))
          say(["wanted", version], `${check.service} has no version ${version}; valid: ${versions.join(", ")}`);
      const sum = weights.reduce((total, [, weight]) => total + weight, 0);
      if (check.wanted !== undefined && sum !== 100) say(["wanted"], `the weights sum to ${sum}; they must sum to 100`);
      return;
    }
    case "plaintext":
      check.urls.forEach((url, index) => {
        const problem = hostProblem(url, services, namespace);
        if (problem !== undefined) say(["urls", index], problem);
      });
      return;
    case "access":
      if (typeof check.from !== "string") requireApp(check.from.app, ["from", "app"]);
      return;
    case "pods":
      return podsProblems(check.wanted, lesson, say);
    case "log":
      return requireApp(check.app, ["app"]);
    case "objects":
      return objectsProblems(check.wanted, [...objects.map(keyOf), ...labObjects(lesson)], say);
  }
}

/** Reports problems of what a check or a task wants of pods. */
function podsProblems(wanted: Extract<OwnCheck, { kind: "pods" }>["wanted"], { pods }: OwnLesson, say: Report): void {
  const apps = [...new Set(pods.map(({ app }) => app))];
  for (const [app, versions] of Object.entries(wanted ?? {})) {
    if (!apps.includes(app)) {
      say(["wanted", app], noApp(app, apps));
      continue;
    }
    for (const version of Object.keys(versions))
      if (!pods.some((one) => one.app === app && one.version === version))
        say(["wanted", app, version], `no pods of the manifests have the labels app: ${app} and version: ${version}`);
  }
}

/** Reports problems of what a check or a task wants of objects. @param there all that may be named; any where undefined */
function objectsProblems(
  wanted: Extract<OwnCheck, { kind: "objects" }>["wanted"],
  there: readonly string[] | undefined,
  say: Report,
): void {
  wanted.forEach(({ object, fields, absent }, index) => {
    const [kind] = object.split(" ") as [string];
    if (kindsNamed(kind).length === 0 && !isOwnKind(kind))
      say(["wanted", index, "object"], `${kind} is not a kind that a lesson may have`);
    else if (there !== undefined && !there.includes(object))
      say(["wanted", index, "object"], `${object} is neither in the manifests nor made by the lab`);
    if (absent && Object.keys(fields).length > 0)
      say(["wanted", index, "fields"], "an object that may not exist has no fields");
  });
}

function noApp(app: string, apps: readonly string[]): string {
  return `${brief(app)} is not an app of the manifests; they have: ${apps.join(", ") || "none"}`;
}

/** Returns what is wrong with an address that has to be of the lesson's own Services. */
function hostProblem(url: string, services: readonly string[], namespace: string): string | undefined {
  const own = `valid are the lesson's Services: ${services.join(", ") || "none"}`;
  if (!URL.canParse(url)) return `${brief(url)} is not an address; ${own}`;
  const [service, place = namespace] = new URL(url).hostname.split(".");
  return services.includes(service!) && place === namespace ? undefined : `${brief(url)} is not of this lesson; ${own}`;
}
