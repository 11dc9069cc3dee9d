import { catalog, type LessonName } from "../../../components/lessons/catalog";
import type { KubeObject } from "../../../kube";
import { apiOf } from "../../seat/api";
import {
  differences,
  fieldsByHand,
  heldPairs,
  type Kind,
  kinds,
  missing,
  placeOf,
  ref,
  type Snapshot,
  takeSnapshot,
} from "../../check";
import { at, mapAt } from "../../seat/json";
import { LiveSeat } from "../../seat/live-seat";
import type { StackSeat } from "../../seat/stack-outputs";
import { exportStack } from "../../stack/stack";
import { type Field, fieldsOf } from "../preview/fields";
import { addedObjects, placesOf, requireSameCluster } from "../../drift/added";
import { everythingIn, isClaim, stateUids, type StateUids, namespaceUids } from "../../drift/listed";
import type { Changed, Missing, SeatDrift } from "./model";

/**
 * Compares a live seat with what Pulumi created. Changed and missing objects are searched wherever the lab has objects.
 * Added ones, which previews and refreshes do not show, are searched in the lessons' namespaces. Only reads.
 * @throws UserError where another cluster than the seat's answers
 */
export async function readDrift({
  workspace,
  stack,
  kubeconfig,
  gatewayUrl,
  installed,
}: StackSeat): Promise<SeatDrift> {
  const namespaces = namespacesOf(installed);
  const api = apiOf(kubeconfig);
  const [{ resources }, uids] = await Promise.all([exportStack(workspace, stack), namespaceUids(api)]);
  requireSameCluster(stack, resources, uids);
  const places = placesOf(resources, namespaces, uids);
  const [snapshot, { objects, notAsked }] = await Promise.all([
    takeSnapshot({ seat: new LiveSeat(kubeconfig, gatewayUrl), resources, namespaces, mend: "" }),
    everythingIn(api, namespaces),
  ]);
  return {
    changed: changedObjects(snapshot, stateUids(resources)),
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

const names = Object.keys(kinds) as Kind[];

/**
 * Objects that differ from what Pulumi created, with each differing field. Includes objects that somebody recreated
 * under the same name.
 */
export function changedObjects(snapshot: Snapshot, uids: StateUids): Changed[] {
  return names.flatMap((kind) =>
    heldPairs(snapshot, kind).flatMap(({ live, made }) => changed(kind, live, made, uids)),
  );
}

/** Objects that Pulumi created and that are gone. */
export function missingObjects(snapshot: Snapshot): Missing[] {
  return names.flatMap((kind) =>
    missing(snapshot, kind).map((made) => ({ object: ref(kind, made), namespace: placeOf(kind, made) })),
  );
}

function changed(kind: Kind, live: KubeObject, made: KubeObject, uids: StateUids): Changed[] {
  const all = differences(kind, live, made).map(({ path, was, is }): Field => ({ path, before: was, after: is }));
  const written = differences(kind, live, made, "written");
  const byHand = fieldsByHand(live, made)
    .map(({ path, value }): Field => ({ path, before: undefined, after: value }))
    .filter(({ path }) => !all.some((field) => path.startsWith(field.path)));
  const { namespace, name, uid } = mapAt(live, "metadata") as { namespace?: string; name: string; uid?: string };
  const known = uids.uid(kinds[kind].group, kinds[kind].kind, namespace, name);
  const anew = known !== undefined && uid !== undefined && known !== uid;
  if (all.length + byHand.length === 0 && !anew) return [];
  // Shows a route's shares as a preview does, and its other fields as they are.
  const fields =
    kind === "VirtualService" && all.length > 0
      ? [...all.filter(({ path }) => !path.startsWith("spec")), ...fieldsOf(at(made, "spec"), at(live, "spec"), "spec")]
      : all;
  const beyond = byHand.length > 0 || all.length > written.length;
  return [
    {
      object: ref(kind, live),
      namespace: placeOf(kind, live),
      fields: [...fields, ...byHand],
      ...(beyond && { beyond: pathOf(kind, live) }),
      ...(uid !== undefined && { uid }),
      ...(anew && { anew }),
      ...(isClaim(kinds[kind]) && { claim: name }),
    },
  ];
}

function pathOf(kind: Kind, object: KubeObject): string {
  const { path } = kinds[kind];
  const { namespace, name } = mapAt(object, "metadata") as { namespace?: string; name: string };
  const at = path.lastIndexOf("/");
  return namespace === undefined
    ? `${path}/${name}`
    : `${path.slice(0, at)}/namespaces/${namespace}${path.slice(at)}/${name}`;
}
