import type { Finding } from "../finding";
import type { Wanted } from "./rules";
import type { Survey, SurveyedNode } from "./survey";

/**
 * A Kubernetes distribution: how nodes and version reveal it, and how it differs. docs/existing.md has the same as a
 * table.
 */
export interface Distribution {
  readonly name: string;
  /** Whether the cluster is of this distribution. */
  is(node: Required<Pick<SurveyedNode, "providerId" | "labels">>, version: string): boolean;
  /** Peculiarities for a gateway with node ports, or with a load balancer. */
  readonly nodePort?: string;
  readonly loadBalancer?: string;
  /** Peculiarities that always apply. */
  readonly policy?: string;
}

const shut = "a firewall before its nodes shuts node ports: LoadBalancer is the usual type there";
const published =
  "its node is a container: from another machine, and on macOS and Windows from its own, only ports are reached that were published when it was made (existing.host and existing.ports say where)";
const traefik = "its Traefik holds ports 80 and 443 at each node's address, unless it was made without";
const webhook =
  "where its control plane is shut off from the nodes, a firewall rule has to let it reach istiod's webhook at port 15017";

/** The first match counts, so k3d comes before k3s: it is k3s as well. */
export const distributions: readonly Distribution[] = [
  {
    name: "kind",
    is: ({ providerId }) => providerId.startsWith("kind://"),
    nodePort: published,
    loadBalancer:
      "it has no load balancer of its own: without cloud-provider-kind or MetalLB the gateway waits for an address for ever",
  },
  {
    name: "k3d",
    is: ({ providerId }) => providerId.startsWith("k3s://k3d-"),
    nodePort: published,
    loadBalancer: traefik,
  },
  { name: "k3s", is: (_, version) => version.includes("+k3s"), loadBalancer: traefik },
  {
    name: "minikube",
    is: ({ labels }) => "minikube.k8s.io/name" in labels,
    loadBalancer:
      "it has no load balancer of its own: `minikube tunnel` gives addresses while it runs. Target minikube makes such a cluster by itself",
  },
  {
    name: "MicroK8s",
    is: ({ labels }) => "microk8s.io/cluster" in labels,
    loadBalancer: "it has a load balancer only with its addon metallb",
    policy: "it resolves names only with its addon dns, and has storage only with its addon hostpath-storage",
  },
  {
    name: "AKS",
    is: ({ labels }) => "kubernetes.azure.com/cluster" in labels,
    nodePort: shut,
    policy:
      "its admissions enforcer writes selectors into webhooks, which then differ from what Istio's charts say; Azure Policy may refuse pods",
  },
  {
    name: "EKS",
    is: ({ labels }, version) => version.includes("-eks-") || "eks.amazonaws.com/nodegroup" in labels,
    nodePort: shut,
    loadBalancer: "its load balancer has a name and no address, which resolves after some minutes",
    policy: `it has no default storage class from 1.30 on; ${webhook}`,
  },
  {
    name: "GKE",
    is: ({ labels }, version) => version.includes("-gke.") || "cloud.google.com/gke-nodepool" in labels,
    nodePort: shut,
    policy: `Autopilot refuses the capability NET_ADMIN, which Istio's init containers need, unless the cluster allows it; ${webhook}`,
  },
];

export function distributionOf({ nodes, version }: Pick<Survey, "nodes" | "version">): Distribution | undefined {
  return distributions.find((one) =>
    nodes.some(({ providerId = "", labels = {} }) => one.is({ providerId, labels }, version.text)),
  );
}

/**
 * Reports the recognised distribution and its peculiarities. It never refuses a cluster, because settings can change
 * each of them.
 */
export function distributionFinding(
  seen: Pick<Survey, "nodes" | "version">,
  { serviceType }: Pick<Wanted, "serviceType">,
): Finding {
  const name = "distribution";
  const found = distributionOf(seen);
  if (found === undefined) return { name, status: "ok", seen: "not recognized, so its peculiarities are unknown" };
  const habits = [
    serviceType === "NodePort" ? found.nodePort : undefined,
    serviceType === "LoadBalancer" ? found.loadBalancer : undefined,
    found.policy,
  ].filter((text) => text !== undefined);
  if (habits.length === 0) return { name, status: "ok", seen: found.name };
  return {
    name,
    status: "notice",
    seen: `${found.name}: ${habits.join("; ")}`,
    todo: "docs/existing.md has the table",
  };
}
