import type { KubeObject } from "../../../../kube";
import { mapAt, mapsAt, textAt, textsAt } from "../../../seat/json";
import { gatewaysOf, serviceNamed } from "../concerns";
import { labels, lookAt, nameOf, namespaceOf, pods, ref, remove } from "../objects";
import { type Finding, type Kind, ROOT_NAMESPACE, type Rule, type Snapshot } from "../snapshot";

/**
 * Objects of other namespaces that reach a lesson, by Istio's own rules: `exportTo` and hosts for routes and entries,
 * the selector for gateways. Rules and policies reach no further than their namespace.
 * https://istio.io/latest/docs/reference/config/networking/virtual-service/#VirtualService
 */
export const reachingIn: Rule = (snapshot) => [
  ...outside(snapshot, "VirtualService").flatMap((route) => [
    ...inMesh(snapshot, route),
    ...atGateway(snapshot, route),
  ]),
  ...outside(snapshot, "ServiceEntry").flatMap((entry) => entries(snapshot, entry)),
  ...outside(snapshot, "Gateway").flatMap((gateway) => gateways(snapshot, gateway)),
];

function outside(snapshot: Snapshot, kind: Kind): readonly KubeObject[] {
  return snapshot.outside?.[kind] ?? [];
}

/** Whether the object is seen in the namespace. */
function isExported(object: KubeObject, namespace: string): boolean {
  const to = textsAt(object, "spec", "exportTo");
  return to.length === 0 || to.includes("*") || to.includes(namespace);
}

/** The services of lessons among an object's hosts, by lesson. */
function hostsIn(snapshot: Snapshot, object: KubeObject): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  for (const host of textsAt(object, "spec", "hosts")) {
    const service = serviceNamed(host, namespaceOf(object), snapshot);
    const isLessons = service !== undefined && snapshot.namespaces.includes(service.namespace);
    if (isLessons) found.set(service.namespace, [...(found.get(service.namespace) ?? []), service.name]);
  }
  return found;
}

function inMesh(snapshot: Snapshot, route: KubeObject): Finding[] {
  if (!gatewaysOf(route).includes("mesh")) return [];
  return [...hostsIn(snapshot, route)]
    .filter(([namespace]) => isExported(route, namespace))
    .map(([namespace, services]) => {
      const older = snapshot.live.VirtualService.find(
        (one) =>
          namespaceOf(one) === namespace &&
          gatewaysOf(one).includes("mesh") &&
          textsAt(one, "spec", "hosts").some((host) =>
            services.includes(serviceNamed(host, namespace, snapshot)?.name ?? ""),
          ) &&
          isOlder(one, route),
      );
      return {
        ...finding(snapshot, "VirtualService", route, namespace, services),
        // Of two routes for one host the older one counts in the mesh.
        generic: older !== undefined,
        cause: `${ref("VirtualService", route)} exists, and Pulumi did not make it: it routes requests for ${services.join(", ")} of namespace ${namespace}${faults(route)}, and ${older === undefined ? "is exported to the lesson" : `${ref("VirtualService", older)} is older and counts`}.`,
      };
    });
}

function isOlder(one: KubeObject, other: KubeObject): boolean {
  return (textAt(one, "metadata", "creationTimestamp") ?? "") <= (textAt(other, "metadata", "creationTimestamp") ?? "");
}

function faults(route: KubeObject): string {
  return mapsAt(route, "spec", "http").some((rule) => rule.fault !== undefined) ? " with a fault (flags FI, DI)" : "";
}

/** A route of another namespace at a lesson's Gateway takes requests that come in from outside. */
function atGateway(snapshot: Snapshot, route: KubeObject): Finding[] {
  const bound = snapshot.live.Gateway.filter((gateway) =>
    gatewaysOf(route).includes(`${namespaceOf(gateway)}/${nameOf(gateway)}`),
  );
  return bound.map((gateway) => ({
    ...finding(snapshot, "VirtualService", route, namespaceOf(gateway), []),
    aspects: ["gateway", "route", "split", "certificate"] as const,
    cause: `${ref("VirtualService", route)} exists, and Pulumi did not make it: it takes requests for ${textsAt(route, "spec", "hosts").join(", ")} at ${ref("Gateway", gateway)}${faults(route)}.`,
  }));
}

function entries(snapshot: Snapshot, entry: KubeObject): Finding[] {
  return [...hostsIn(snapshot, entry)]
    .filter(([namespace]) => isExported(entry, namespace))
    .map(([namespace, services]) => ({
      ...finding(snapshot, "ServiceEntry", entry, namespace, services),
      cause: `${ref("ServiceEntry", entry)} exists, and Pulumi did not make it: it gives ${services.join(", ")} of namespace ${namespace} other endpoints.`,
    }));
}

/** A Gateway selects pods in every namespace, and so may open the lab's own gateway for other hosts. */
function gateways(snapshot: Snapshot, gateway: KubeObject): Finding[] {
  const selector = Object.entries(mapAt(gateway, "spec", "selector"));
  const isOurs = pods(snapshot).some(
    (pod) => selector.length > 0 && selector.every(([key, value]) => labels(pod)[key] === value),
  );
  if (!isOurs) return [];
  const hosts = mapsAt(gateway, "spec", "servers").flatMap((server) => textsAt(server, "hosts"));
  return [
    {
      ...finding(snapshot, "Gateway", gateway, undefined, []),
      aspects: ["gateway", "certificate", "route"] as const,
      cause: `${ref("Gateway", gateway)} exists, and Pulumi did not make it: it opens the lab's gateway for ${hosts.join(", ") || "no host"}, and of two Gateways for one host and port the older one counts.`,
    },
  ];
}

function finding(
  snapshot: Snapshot,
  kind: Kind,
  object: KubeObject,
  namespace: string | undefined,
  services: readonly string[],
): Omit<Finding, "cause"> {
  return {
    ...(namespace !== undefined && namespace !== ROOT_NAMESPACE && { namespace }),
    services: [...services],
    aspects: [],
    look: lookAt(kind, object),
    fix: remove(kind, object),
  };
}
