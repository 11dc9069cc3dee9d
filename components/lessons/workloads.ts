import type * as pulumi from "@pulumi/pulumi";
import { Workload } from "../workload";
import type { LessonWorkload } from "./lesson";
import type { LessonNamespace } from "./namespace";

/** Creates a lesson's apps in its namespace. */
export function makeWorkloads(
  lesson: string,
  workloads: readonly LessonWorkload[],
  { namespace, beforePods }: LessonNamespace,
  opts: pulumi.ComponentResourceOptions,
): void {
  for (const { resource, ...spec } of workloads)
    new Workload(`${lesson}-${resource ?? spec.app}`, { ...spec, namespace, after: beforePods }, opts);
}
