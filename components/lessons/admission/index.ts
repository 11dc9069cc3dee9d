import type { LessonDefinition } from "../lesson";
import { claimName, namespace } from "./app";
import { admissionChecks } from "./checks";

/** A claim of storage that names no class: the API server's admission writes the cluster's default class into it. */
export const admission = {
  namespace,
  canary: {},
  workloads: () => [],
  checks: admissionChecks,
  component: () => (require("./component") as typeof import("./component")).AdmissionLesson,
  claims: [claimName],
  begins: `kubectl get pvc ${claimName} -n ${namespace}`,
} satisfies LessonDefinition;
