import { brief } from "../../config-file";
import { labelOf } from "./folder";
import { isOwnKind, kindsNamed } from "./kinds";
import type { OwnLesson } from "./read";
import { keyOf, labObjects, type Report } from "./rules";
import type { OwnCheck } from "./schema";

/** Reports what does not fit together in checks.yaml and the rest of the lesson. */
export function checksProblems(lesson: OwnLesson, report: Report): void {
  lesson.checks.forEach((check, index) => {
    const say = (keys: readonly PropertyKey[], problem: string) =>
      report(["checks", index, ...keys], `${labelOf(["checks", index, ...keys])}: ${problem}`);
    if (lesson.checks.findIndex(({ name }) => name === check.name) < index)
      say(["name"], `${brief(check.name)} is the name of another check too`);
    if (check.name === ANALYSIS) say(["name"], `${ANALYSIS} is the name of the check that every lesson has`);
    problemsOf(check, lesson, say);
  });
}

/** The end of the name of the check with istioctl's analyzers, which every lesson has. */
const ANALYSIS = "analysis";

function problemsOf(check: OwnCheck, lesson: OwnLesson, say: Report): void {
  const { file, pods, objects, namespace } = lesson;
  const apps = [...new Set(pods.map(({ app }) => app))];
  const services = objects.filter(({ kind }) => kind === "v1 Service").map(({ name }) => name);
  const requireApp = (app: string, keys: readonly PropertyKey[]) => {
    if (!apps.includes(app))
      say(keys, `${brief(app)} is not an app of the manifests; they have: ${apps.join(", ") || "none"}`);
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
      for (const [app, versions] of Object.entries(check.wanted ?? {})) {
        requireApp(app, ["wanted", app]);
        for (const version of Object.keys(versions))
          if (apps.includes(app) && !pods.some((one) => one.app === app && one.version === version))
            say(
              ["wanted", app, version],
              `no pods of the manifests have the labels app: ${app} and version: ${version}`,
            );
      }
      return;
    case "log":
      return requireApp(check.app, ["app"]);
    case "objects": {
      const there = new Set([...objects.map(keyOf), ...labObjects(lesson)]);
      check.wanted.forEach(({ object }, index) => {
        const [kind] = object.split(" ") as [string];
        if (kindsNamed(kind).length === 0 && !isOwnKind(kind))
          say(["wanted", index, "object"], `${kind} is not a kind that a lesson may have`);
        else if (!there.has(object))
          say(["wanted", index, "object"], `${object} is neither in the manifests nor made by the lab`);
      });
    }
  }
}

/** Returns what is wrong with an address that has to be of the lesson's own Services. */
function hostProblem(url: string, services: readonly string[], namespace: string): string | undefined {
  const own = `valid are the lesson's Services: ${services.join(", ") || "none"}`;
  if (!URL.canParse(url)) return `${brief(url)} is not an address; ${own}`;
  const [service, place = namespace] = new URL(url).hostname.split(".");
  return services.includes(service!) && place === namespace ? undefined : `${brief(url)} is not of this lesson; ${own}`;
}
