import type { KubeObject } from "../../../kube";
import { nameOf, namespaceOf } from "./commands";
import { mapAt } from "./json";
import type { Kind } from "./kinds";
import { ROOT_NAMESPACE, type Snapshot } from "./snapshot";

/** A live object beside what Pulumi made of that name. */
export interface Pair {
  readonly live: KubeObject;
  readonly made?: KubeObject;
}

/** Every live object of the kind, with its counterpart in the state. */
export function pairs(snapshot: Snapshot, kind: Kind): Pair[] {
  return snapshot.live[kind].map((live) => ({ live, made: snapshot.made[kind].find((made) => isSame(live, made)) }));
}

/** The live objects of the kind that the state holds too, with both. */
export function heldPairs(snapshot: Snapshot, kind: Kind): Required<Pair>[] {
  return pairs(snapshot, kind).filter((pair): pair is Required<Pair> => pair.made !== undefined);
}

/** Objects of the state that are not in the cluster. */
export function missing(snapshot: Snapshot, kind: Kind): KubeObject[] {
  return snapshot.made[kind].filter((made) => !snapshot.live[kind].some((live) => isSame(live, made)));
}

/** Live objects that the state does not hold and that no chart and no controller made either. */
export function foreign(snapshot: Snapshot, kind: Kind): KubeObject[] {
  return pairs(snapshot, kind)
    .filter(({ live, made }) => made === undefined && !isOfChart(live) && !Array.isArray(live.metadata?.ownerReferences))
    .map(({ live }) => live);
}

/**
 * Where an object of Pulumi's works: in its namespace, a Namespace in itself. What has none is an addon's, and lives with it: the lessons have no role of
 * the whole cluster.
 */
export function placeOf(kind: Kind, object: KubeObject): string {
  return kind === "Namespace" ? nameOf(object) : (namespaceOf(object) ?? ROOT_NAMESPACE);
}

export function inNamespace(objects: readonly KubeObject[], namespace: string | undefined): KubeObject[] {
  return objects.filter((object) => namespaceOf(object) === namespace);
}

/** Helm and istiod label what they make. */
function isOfChart(object: KubeObject): boolean {
  const labels = mapAt(object, "metadata", "labels");
  return labels["app.kubernetes.io/managed-by"] === "Helm" || labels["gateway.istio.io/managed"] !== undefined;
}

function isSame(a: KubeObject, b: KubeObject): boolean {
  return nameOf(a) === nameOf(b) && namespaceOf(a) === namespaceOf(b);
}
