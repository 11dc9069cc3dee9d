import type { LessonDefinition } from "../lesson";
import { calls, namespace, url, workloads } from "./app";
import { backendChecks } from "./checks";
import { backendTasks } from "./tasks";

/**
 * Two backends and a client that keeps calling one of them. It shows sidecars, identities and mTLS without any route.
 */
export const backend = {
  namespace,
  canary: {},
  workloads: () => workloads,
  checks: backendChecks,
  tasks: backendTasks,
  component: () => (require("./component") as typeof import("./component")).BackendLesson,
  calls,
  begins: url,
} satisfies LessonDefinition;
