import { WholeObject } from "../../../kube";
import { Bag } from "../wire";
import { Look, ReadinessRule } from "./rule";

const slices = (o: WholeObject): { path: string; query: Record<string, string> } => ({
  path: `/apis/discovery.k8s.io/v1/namespaces/${o.metadata.namespace}/endpointslices`,
  query: { labelSelector: `kubernetes.io/service-name=${o.metadata.name}` },
});

/**
 * A Service is ready when a pod serves it and a LoadBalancer has its address. A headless or ExternalName Service does
 * not wait for endpoints. The official plugin waits ten more seconds for endpoints to settle; this one does not.
 */
export const service: ReadinessRule = {
  timeout: 600,
  opening: "[1/3] Finding Pods to direct traffic to",
  onRead: true,
  also: slices,
  async look(o, cluster): Promise<Look> {
    const { spec, status } = o;
    const addressed = spec.type !== "LoadBalancer" || (status?.loadBalancer?.ingress ?? []).length > 0;
    if (spec.type === "ExternalName" || spec.clusterIP === "None") return { ready: addressed };
    const { path, query } = slices(o);
    const list = (await cluster.request("GET", path, { query })) as Bag;
    const endpoints = (list.items as WholeObject[]).flatMap((s) => (s.endpoints ?? []) as Bag[]);
    const targeted = endpoints.some((e) => e.conditions?.ready !== false);
    if (targeted && addressed) return { ready: true, messages: [["info", "Service initialization complete"]] };
    const problems: string[] = [];
    if (!targeted)
      problems.push(
        "Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not match labels on any Pods",
      );
    if (!addressed) problems.push("Service was not allocated an IP address; does your cloud provider support this?");
    return {
      ready: false,
      problems,
      messages: targeted ? [["info", "[2/3] Attempting to allocate IP address to Service"]] : [],
    };
  },
};
