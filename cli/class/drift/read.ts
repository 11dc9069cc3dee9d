import { catalog, type LessonName } from "../../../components/lessons/catalog";
import { Api } from "../../check/api";
import { takeSnapshot } from "../../check/diagnosis/snapshot";
import { LiveSeat } from "../../check/live-seat";
import type { StackSeat } from "../../check/stack-outputs";
import { exportStack } from "../../stack/stack";
import { addedObjects } from "./added";
import { changedObjects, missingObjects } from "./changed";
import { everythingIn, namespaceUids } from "./listed";
import { madeUids } from "./made-uids";
import type { SeatDrift } from "./model";
import { placesOf, requireSameCluster } from "./places";

/**
 * What is different on a live seat from how Pulumi made it. Changed and missing objects are looked for wherever the lab has some; added ones, which neither
 * a preview nor a refresh can see, in the namespaces of the lessons. It reads only.
 * @throws UserError where another cluster answers than the seat's
 */
export async function readDrift({ workspace, stack, kubeconfig, gatewayUrl, installed }: StackSeat): Promise<SeatDrift> {
  const namespaces = namespacesOf(installed);
  const api = new Api(kubeconfig);
  const [{ resources }, uids] = await Promise.all([exportStack(workspace, stack), namespaceUids(api)]);
  requireSameCluster(stack, resources, uids);
  const places = placesOf(resources, namespaces, uids);
  const [snapshot, { objects, notAsked }] = await Promise.all([takeSnapshot({ seat: new LiveSeat(kubeconfig, gatewayUrl), resources, namespaces, mend: "" }), everythingIn(api, namespaces)]);
  return {
    changed: changedObjects(snapshot, madeUids(resources)),
    missing: missingObjects(snapshot),
    ...addedObjects(objects, resources, places),
    notAsked,
    shared: namespaces.filter((name) => places.get(name)!.whose === "somebody's"),
  };
}

/** The namespaces of a stack's lessons. */
export function namespacesOf(lessons: readonly string[]): string[] {
  return lessons.flatMap((lesson) => (Object.hasOwn(catalog, lesson) ? catalog[lesson as LessonName].namespace : []));
}
