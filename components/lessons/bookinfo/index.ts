import type { LessonDefinition } from "../lesson";
import { calls, entry, namespace, reviews, workloads } from "./app";
import { bookinfoChecks } from "./checks";
import { bookinfoTasks } from "./tasks";

/** Istio's own sample with upstream's names: four services behind the gateway, one of them in three versions. */
export const bookinfo = {
  namespace,
  canary: { reviews },
  workloads: () => workloads,
  checks: bookinfoChecks,
  tasks: bookinfoTasks,
  component: () => (require("./component") as typeof import("./component")).BookinfoLesson,
  calls,
  entry,
  card: { command: `curl -s $URL${entry.path} | grep -o "<title>.*</title>"`, label: "Bookstore" },
} satisfies LessonDefinition;
