import { catalog, type LessonName } from "../../../components/lessons/catalog";
import { Api } from "../../check/api";
import { takeSnapshot } from "../../check/diagnosis/snapshot";
import { LiveSeat } from "../../check/live-seat";
import type { StackSeat } from "../../check/stack-outputs";
import { exportStack } from "../../stack";
import { addedObjects } from "./added";
import { changedObjects, missingObjects } from "./changed";
import { everythingIn } from "./listed";
import type { SeatDrift } from "./model";

/**
 * What is different on a live seat from how Pulumi made it. Changed and missing objects are looked for wherever the lab has some; added ones, which neither
 * a preview nor a refresh can see, in the namespaces of the lessons. It reads only.
 */
export async function readDrift({ workspace, stack, kubeconfig, gatewayUrl, installed }: StackSeat): Promise<SeatDrift> {
  const namespaces = namespacesOf(installed);
  const { resources } = await exportStack(workspace, stack);
  const [snapshot, listed] = await Promise.all([takeSnapshot({ seat: new LiveSeat(kubeconfig, gatewayUrl), resources, namespaces, mend: "" }), everythingIn(new Api(kubeconfig), namespaces)]);
  return { changed: changedObjects(snapshot), missing: missingObjects(snapshot), added: addedObjects(listed, resources) };
}

/** The namespaces of a stack's lessons. */
export function namespacesOf(lessons: readonly string[]): string[] {
  return lessons.flatMap((lesson) => (Object.hasOwn(catalog, lesson) ? catalog[lesson as LessonName].namespace : []));
}
