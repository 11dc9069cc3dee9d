import type { LessonDefinition } from "../lesson";
import { claimName, namespace } from "./app";
import { admissionChecks } from "./checks";
import { admissionTasks } from "./tasks";

/** A storage claim that names no class. The API server's admission adds the cluster's default class. */
export const admission = {
  namespace,
  canary: {},
  workloads: () => [],
  checks: admissionChecks,
  tasks: admissionTasks,
  component: () => (require("./component") as typeof import("./component")).AdmissionLesson,
  claims: [claimName],
  begins: `kubectl get pvc ${claimName} -n ${namespace}`,
} satisfies LessonDefinition;
