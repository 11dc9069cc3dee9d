import { principal } from "../../../components/mesh/identity";
import type { KubeObject } from "../../../kube";
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

/** The kinds that make pods, of the program and by hand. */
export const WORKLOADS = ["Deployment", "StatefulSet"] as const;

/** Labels of the pods that a workload makes. */
export function templateLabels(workload: KubeObject): Bag {
  return mapAt(workload, "spec", "template", "metadata", "labels");
}

/** A Deployment's pods. */
export function podsOf(snapshot: Snapshot, deployment: KubeObject): KubeObject[] {
  const selector = at(deployment, "spec", "selector", "matchLabels");
  return pods(snapshot, namespaceOf(deployment)).filter((pod) => selects(selector, labels(pod)));
}

/** Whether any pod has the labels, or would have them if its workload ran one: what is scaled to zero is not mislabelled. */
export function anyWorkload(snapshot: Snapshot, namespace: string | undefined, selector: unknown): boolean {
  return (
    pods(snapshot, namespace).some((pod) => selects(selector, labels(pod))) ||
    WORKLOADS.some((kind) => inNamespace(snapshot.live[kind], namespace).some((workload) => selects(selector, templateLabels(workload))))
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
