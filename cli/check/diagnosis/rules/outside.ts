import type { KubeObject } from "../../../../kube";
import { mapAt, mapsAt, textAt, textsAt } from "../../../seat/json";
import { gatewaysOf, serviceNamed } from "../concerns";
import { foreign, labels, lookAt, nameOf, namespaceOf, pods, ref, remove } from "../objects";
import { type RuleFinding, type SnapshotKind, ROOT_NAMESPACE, type Rule, type Snapshot } from "../snapshot";

/**
 * Objects of other namespaces that reach a lesson, by Istio's own rules: `exportTo` and hosts for routes and entries,
 * the selector for gateways. Another lesson's namespace and the gateway's are others as well. Rules and policies reach
 * no further than their namespace.
 * https://istio.io/latest/docs/reference/config/networking/virtual-service/#VirtualService
 */
export const reachingIn: Rule = (snapshot) => [
  ...others(snapshot, "VirtualService").flatMap((route) => [...inMesh(snapshot, route), ...atGateway(snapshot, route)]),
  ...(["HTTPRoute", "GRPCRoute"] as const).flatMap((kind) =>
    others(snapshot, kind).flatMap((route) => atGatewayApi(snapshot, kind, route)),
  ),
  ...others(snapshot, "ServiceEntry").flatMap((entry) => entries(snapshot, entry)),
  ...others(snapshot, "Gateway").flatMap((gateway) => gateways(snapshot, gateway)),
];

/** The objects of the kind that neither Pulumi nor a chart made, in any namespace. */
function others(snapshot: Snapshot, kind: SnapshotKind): readonly KubeObject[] {
  return [...(snapshot.outside?.[kind] ?? []), ...foreign(snapshot, kind)];
}

/** Whether the object is seen in the namespace. */
function isExported(object: KubeObject, namespace: string): boolean {
  const to = textsAt(object, "spec", "exportTo");
  return to.length === 0 || to.includes("*") || to.includes(namespace);
}

/**
 * The services of other namespaces' lessons among an object's hosts, by lesson. What an object does in its own namespace
 * has a rule of its own.
 */
function hostsIn(snapshot: Snapshot, object: KubeObject): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  const isOther = (namespace: string) => snapshot.namespaces.includes(namespace) && namespace !== namespaceOf(object);
  for (const host of textsAt(object, "spec", "hosts"))
    for (const { name, namespace } of servicesOf(snapshot, host, namespaceOf(object)))
      if (isOther(namespace)) found.set(namespace, [...new Set([...(found.get(namespace) ?? []), name])]);
  return found;
}

/** The services that a host means: one, or those under a wildcard. */
function servicesOf(
  snapshot: Snapshot,
  host: string,
  namespace: string | undefined,
): readonly { name: string; namespace: string }[] {
  if (!host.startsWith("*")) {
    const one = serviceNamed(host, namespace, snapshot);
    return one === undefined ? [] : [one];
  }
  return snapshot.made.Service.map((service) => ({
    name: nameOf(service),
    namespace: namespaceOf(service) ?? "",
  })).filter((one) => `${one.name}.${one.namespace}.svc.cluster.local`.endsWith(host.slice(1)));
}

function inMesh(snapshot: Snapshot, route: KubeObject): RuleFinding[] {
  if (!gatewaysOf(route).includes("mesh")) return [];
  return [...hostsIn(snapshot, route)]
    .filter(([namespace]) => isExported(route, namespace))
    .map(([namespace, services]) => {
      const isTaken = (service: string) => ownRoute(snapshot, route, namespace, service) !== undefined;
      const own = ownRoute(snapshot, route, namespace, services.find(isTaken));
      const free = services.filter((service) => !isTaken(service));
      const reached = free.length > 0 ? free : services;
      const why =
        free.length > 0 || own === undefined
          ? "is exported to the lesson"
          : `${ref("VirtualService", own)} ${isOlder(own, route) ? "is older" : "has the whole name"} and counts`;
      return {
        ...finding(snapshot, "VirtualService", route, namespace, reached),
        generic: free.length === 0,
        cause: `${ref("VirtualService", route)} exists, and Pulumi did not make it: it routes requests for ${reached.join(", ")} of namespace ${namespace}${faults(route)}, and ${why}.`,
      };
    });
}

/** The lesson's own route that counts for the service: the older one, or one with the whole name against a wildcard. */
function ownRoute(
  snapshot: Snapshot,
  route: KubeObject,
  namespace: string,
  service: string | undefined,
): KubeObject | undefined {
  if (service === undefined) return undefined;
  const isWild = !textsAt(route, "spec", "hosts").some(
    (host) => serviceNamed(host, namespaceOf(route), snapshot)?.name === service,
  );
  return snapshot.live.VirtualService.find(
    (one) =>
      namespaceOf(one) === namespace &&
      gatewaysOf(one).includes("mesh") &&
      textsAt(one, "spec", "hosts").some((host) => serviceNamed(host, namespace, snapshot)?.name === service) &&
      (isWild || isOlder(one, route)),
  );
}

function isOlder(one: KubeObject, other: KubeObject): boolean {
  return (textAt(one, "metadata", "creationTimestamp") ?? "") <= (textAt(other, "metadata", "creationTimestamp") ?? "");
}

function faults(route: KubeObject): string {
  return mapsAt(route, "spec", "http").some((rule) => rule.fault !== undefined) ? " with a fault (flags FI, DI)" : "";
}

/** A route of another namespace at a lesson's Gateway takes requests that come in from outside. */
function atGateway(snapshot: Snapshot, route: KubeObject): RuleFinding[] {
  const bound = snapshot.live.Gateway.filter(
    (gateway) =>
      namespaceOf(gateway) !== namespaceOf(route) &&
      gatewaysOf(route).includes(`${namespaceOf(gateway)}/${nameOf(gateway)}`),
  );
  return bound.map((gateway) => ({
    ...finding(snapshot, "VirtualService", route, namespaceOf(gateway), []),
    aspects: ["gateway", "route", "split", "certificate"] as const,
    cause: `${ref("VirtualService", route)} exists, and Pulumi did not make it: it takes requests for ${textsAt(route, "spec", "hosts").join(", ")} at ${ref("Gateway", gateway)}${faults(route)}.`,
  }));
}

/** A route of another namespace does the same at a Gateway of the Gateway API. */
function atGatewayApi(snapshot: Snapshot, kind: "HTTPRoute" | "GRPCRoute", route: KubeObject): RuleFinding[] {
  const parents = mapsAt(route, "spec", "parentRefs");
  return snapshot.live.GatewayApiGateway.filter(
    (gateway) =>
      namespaceOf(gateway) !== namespaceOf(route) &&
      parents.some(({ name, namespace }) => name === nameOf(gateway) && namespace === namespaceOf(gateway)),
  ).map((gateway) => ({
    ...finding(snapshot, kind, route, namespaceOf(gateway), []),
    aspects: ["gateway", "route", "split", "certificate"] as const,
    cause: `${ref(kind, route)} exists, and Pulumi did not make it: it takes requests for ${textsAt(route, "spec", "hostnames").join(", ") || "any host"} at ${ref("GatewayApiGateway", gateway)}.`,
  }));
}

function entries(snapshot: Snapshot, entry: KubeObject): RuleFinding[] {
  return [...hostsIn(snapshot, entry)]
    .filter(([namespace]) => isExported(entry, namespace))
    .map(([namespace, services]) => ({
      ...finding(snapshot, "ServiceEntry", entry, namespace, services),
      cause: `${ref("ServiceEntry", entry)} exists, and Pulumi did not make it: it gives ${services.join(", ")} of namespace ${namespace} other endpoints.`,
    }));
}

/** A Gateway selects pods in every namespace, and so may open the lab's own gateway for other hosts. */
function gateways(snapshot: Snapshot, gateway: KubeObject): RuleFinding[] {
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
  kind: SnapshotKind,
  object: KubeObject,
  namespace: string | undefined,
  services: readonly string[],
): Omit<RuleFinding, "cause"> {
  return {
    ...(namespace !== undefined && namespace !== ROOT_NAMESPACE && { namespace }),
    services: [...services],
    aspects: [],
    look: lookAt(kind, object),
    fix: remove(kind, object),
  };
}
