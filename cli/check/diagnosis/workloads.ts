import { principal } from "../../../components/mesh/identity";
import type { KubeObject } from "../seat";
import { namespaceOf } from "./commands";
import { at, mapAt, mapsAt, selects, textAt, type Bag } from "./json";
import { inNamespace } from "./made";
import type { Snapshot } from "./snapshot";

/** Pods that are there to serve: neither ended nor being ended. */
export function pods(snapshot: Snapshot, namespace?: string): KubeObject[] {
  const serving = snapshot.live.Pod.filter((pod) => at(pod, "metadata", "deletionTimestamp") === undefined && !["Succeeded", "Failed"].includes(textAt(pod, "status", "phase") ?? ""));
  return namespace === undefined ? serving : inNamespace(serving, namespace);
}

export function labels(object: KubeObject): Bag {
  return mapAt(object, "metadata", "labels");
}

/** Labels of the pods a Deployment makes. */
export function templateLabels(deployment: KubeObject): Bag {
  return mapAt(deployment, "spec", "template", "metadata", "labels");
}

/** A Deployment's pods. */
export function podsOf(snapshot: Snapshot, deployment: KubeObject): KubeObject[] {
  const selector = at(deployment, "spec", "selector", "matchLabels");
  return pods(snapshot, namespaceOf(deployment)).filter((pod) => selects(selector, labels(pod)));
}

/** Whether any pod has the labels, or would have them if its Deployment ran one: what is scaled to zero is not mislabelled. */
export function anyWorkload(snapshot: Snapshot, namespace: string | undefined, selector: unknown): boolean {
  return (
    pods(snapshot, namespace).some((pod) => selects(selector, labels(pod))) ||
    inNamespace(snapshot.live.Deployment, namespace).some((deployment) => selects(selector, templateLabels(deployment)))
  );
}

export function hasSidecar(pod: KubeObject): boolean {
  return [...mapsAt(pod, "spec", "containers"), ...mapsAt(pod, "spec", "initContainers")].some((container) => container.name === "istio-proxy");
}

/** A pod's identity, as policies write it. */
export function principalOf(pod: KubeObject): string {
  return principal(namespaceOf(pod) ?? "", textAt(pod, "spec", "serviceAccountName") ?? "default");
}

/** The app's name, by its label: Istio's own, or the one that Kubernetes recommends. */
export function appOf(labels: unknown): string | undefined {
  return textAt(labels, "app") ?? textAt(labels, "app.kubernetes.io/name");
}
