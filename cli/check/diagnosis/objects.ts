import { KUBECTL } from "../../../base/advice";
import { principal } from "../../../components/mesh/identity";
import type { KubeObject } from "../../../kube";
import { at, type Bag, mapAt, selects, textAt } from "../../seat/json";
import { type SnapshotKind, type Place, resourceName, ROOT_NAMESPACE, type Snapshot } from "./snapshot";

/** `AuthorizationPolicy blog/deny-all`. */
export function ref(kind: SnapshotKind, object: KubeObject): string {
  const namespace = textAt(object, "metadata", "namespace");
  return `${kind === "GatewayApiGateway" ? "Gateway (Gateway API)" : kind} ${namespace ? `${namespace}/` : ""}${nameOf(object)}`;
}

/** The first `most` texts, and how many more there are. */
export function firstOf(texts: readonly string[], most: number): string {
  const more = texts.length - most;
  return [...texts.slice(0, most), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

export function nameOf(object: KubeObject): string {
  return textAt(object, "metadata", "name") ?? "?";
}

export function namespaceOf(object: KubeObject): string | undefined {
  return textAt(object, "metadata", "namespace");
}

export function kubectl(...words: (string | undefined)[]): string {
  return [KUBECTL, ...words.filter((word) => word !== undefined)].join(" ");
}

/** The command that shows the object. */
export function lookAt(kind: SnapshotKind, object: KubeObject): string {
  return kubectl("get", resourceName(kind), nameOf(object), namespaceFlag(object), "-o yaml");
}

export function remove(kind: SnapshotKind, object: KubeObject): string {
  return kubectl("delete", resourceName(kind), nameOf(object), namespaceFlag(object));
}

function namespaceFlag(object: KubeObject): string | undefined {
  const namespace = namespaceOf(object);
  return namespace && `-n ${namespace}`;
}

/** The command that corrects an object: deletes it if neither Pulumi nor a chart made it, and restores it otherwise. */
export function repair(snapshot: Snapshot, kind: SnapshotKind, live: KubeObject): string {
  const isMade = snapshot.made[kind].some((made) => isSame(live, made));
  if (!isMade) return remove(kind, live);
  // A claim that cannot be changed goes with its data, and so by its name alone.
  return kind === "PersistentVolumeClaim"
    ? `${snapshot.repairCommand} --delete-claim ${nameOf(live)}`
    : snapshot.repairCommand;
}

/** A live object with what Pulumi created under its name. */
export interface Pair {
  readonly live: KubeObject;
  readonly made?: KubeObject;
}

function isListed({ notAsked = [] }: Snapshot, kind: SnapshotKind): boolean {
  return !notAsked.some((one) => one.kind === kind);
}

/** Every live object of the kind, with its counterpart in the state. None where the kind could not be listed. */
export function pairs(snapshot: Snapshot, kind: SnapshotKind): Pair[] {
  if (!isListed(snapshot, kind)) return [];
  return snapshot.live[kind].map((live) => ({ live, made: snapshot.made[kind].find((made) => isSame(live, made)) }));
}

/** The live objects of the kind that are also in the state, with both forms. */
export function heldPairs(snapshot: Snapshot, kind: SnapshotKind): Required<Pair>[] {
  return pairs(snapshot, kind).filter((pair): pair is Required<Pair> => pair.made !== undefined);
}

/** Objects of the state that the cluster lacks. */
export function missing(snapshot: Snapshot, kind: SnapshotKind): KubeObject[] {
  // What was not asked for is not gone.
  if (!isListed(snapshot, kind)) return [];
  return snapshot.made[kind].filter((made) => !snapshot.live[kind].some((live) => isSame(live, made)));
}

/** Live objects that came from neither the state, nor a chart, nor a controller. */
export function foreign(snapshot: Snapshot, kind: SnapshotKind): KubeObject[] {
  return pairs(snapshot, kind)
    .filter(
      ({ live, made }) => made === undefined && !isOfChart(live) && !Array.isArray(live.metadata?.ownerReferences),
    )
    .map(({ live }) => live);
}

/**
 * The namespace where an object of Pulumi's has its effect; for a Namespace, itself. Cluster-wide objects belong to an
 * addon and have the addon's namespace, because lessons have no cluster-wide roles.
 */
export function placeOf(kind: SnapshotKind, object: KubeObject): string {
  return kind === "Namespace" ? nameOf(object) : (namespaceOf(object) ?? ROOT_NAMESPACE);
}

export function inNamespace(objects: readonly KubeObject[], namespace: string | undefined): KubeObject[] {
  return objects.filter((object) => namespaceOf(object) === namespace);
}

/** Helm and istiod label what they create. */
function isOfChart(object: KubeObject): boolean {
  const labels = mapAt(object, "metadata", "labels");
  return labels["app.kubernetes.io/managed-by"] === "Helm" || labels["gateway.istio.io/managed"] !== undefined;
}

export function isSame(a: KubeObject, b: KubeObject): boolean {
  return nameOf(a) === nameOf(b) && namespaceOf(a) === namespaceOf(b);
}

/** Pods that serve: neither completed nor being deleted. */
export function pods(snapshot: Snapshot, namespace?: string): KubeObject[] {
  const serving = snapshot.live.Pod.filter(
    (pod) =>
      at(pod, "metadata", "deletionTimestamp") === undefined &&
      !["Succeeded", "Failed"].includes(textAt(pod, "status", "phase") ?? ""),
  );
  return namespace === undefined ? serving : inNamespace(serving, namespace);
}

export function labels(object: KubeObject): Bag {
  return mapAt(object, "metadata", "labels");
}

/** The kinds that create pods, by the program or by hand. */
export const WORKLOADS = ["Deployment", "StatefulSet"] as const;

/** The labels of the pods that a workload creates. */
export function templateLabels(workload: KubeObject): Bag {
  return mapAt(workload, "spec", "template", "metadata", "labels");
}

/** A Deployment's pods. */
export function podsOf(snapshot: Snapshot, deployment: KubeObject): KubeObject[] {
  const selector = at(deployment, "spec", "selector", "matchLabels");
  return pods(snapshot, namespaceOf(deployment)).filter((pod) => selects(selector, labels(pod)));
}

/**
 * Whether any pod has the labels, or would have them if its workload ran one. A workload scaled to zero does not have
 * wrong labels.
 */
export function anyWorkload(snapshot: Snapshot, namespace: string | undefined, selector: unknown): boolean {
  return (
    pods(snapshot, namespace).some((pod) => selects(selector, labels(pod))) ||
    WORKLOADS.some((kind) =>
      inNamespace(snapshot.live[kind], namespace).some((workload) => selects(selector, templateLabels(workload))),
    )
  );
}

/** Where a pod has its effect. */
export function placeOfPod(pod: KubeObject): Place {
  const app = appOf(labels(pod));
  return { namespace: namespaceOf(pod) ?? "", services: app === undefined ? [] : [app] };
}

/** A pod's identity, as policies write it. */
export function principalOf(pod: KubeObject): string {
  return principal(namespaceOf(pod) ?? "", textAt(pod, "spec", "serviceAccountName") ?? "default");
}

/** The app's name by its label: Istio's own, or the one that Kubernetes recommends. */
export function appOf(labels: unknown): string | undefined {
  return textAt(labels, "app") ?? textAt(labels, "app.kubernetes.io/name");
}
