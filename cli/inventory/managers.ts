import type { Bag } from "../seat/json";

/**
 * Tells the writers of a seat's objects apart, by the names of their field managers:
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */

/**
 * The lab's own writers. Pulumi's plugin creates as `pulumi-kubernetes` and applies with a suffix. Helm takes the name
 * of the program that it runs in: `helm`, or Pulumi's plugin. The last one is `repair`.
 */
const OWN = /^(pulumi-kubernetes(-.+)?|pulumi-resource-kubernetes|helm|istio-lab)$/;

/** The field manager with which `repair` writes where the owner's own name is not known. */
export const REPAIR = "istio-lab";

/** The cluster's own programs and istiod. k3s has all of Kubernetes' in one program. */
const CLUSTER = /^(kube-apiserver|kube-scheduler|kubelet|k3s|pilot-discovery|(.+-)?controller-manager)$/;

/** Whether the writer is a program of the cluster, or istiod. */
export function isClusters(manager: string): boolean {
  return CLUSTER.test(manager);
}

export function isOwn(manager: string): boolean {
  return OWN.test(manager);
}

/**
 * Whether an entry of `metadata.managedFields` is a hand's: neither the lab's nor the cluster's. What is written to a
 * status is a report and not a change.
 */
export function isHand(entry: Bag): boolean {
  const manager = typeof entry.manager === "string" ? entry.manager : "";
  return !isOwn(manager) && !isClusters(manager) && entry.subresource !== "status";
}
