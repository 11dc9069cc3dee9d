import type { KubeObject } from "../../../kube";
import { at, mapAt, mapsAt, selects, textAt, textsAt } from "../../seat/json";
import { appOf, inNamespace, nameOf, namespaceOf, templateLabels } from "./objects";
import type { SnapshotKind, Snapshot } from "./snapshot";

/**
 * The services and apps that an object affects, in its live and its original form. Empty where it affects its whole
 * namespace.
 */
export function concerns(snapshot: Snapshot, kind: SnapshotKind, object: KubeObject): string[] {
  const versions = [...snapshot.live[kind], ...snapshot.made[kind], object].filter(
    (other) => nameOf(other) === nameOf(object) && namespaceOf(other) === namespaceOf(object),
  );
  return [...new Set(versions.flatMap((version) => namesOf(snapshot, kind, version)))];
}

function namesOf(snapshot: Snapshot, kind: SnapshotKind, object: KubeObject): string[] {
  const namespace = namespaceOf(object);
  const short = (host: string) => {
    const name = serviceNamed(host, namespace, snapshot)?.name;
    return name === undefined ? [] : withApp(snapshot, name, namespace);
  };
  switch (kind) {
    case "VirtualService":
      return [...textsAt(object, "spec", "hosts"), ...destinations(object).map(({ host }) => host)].flatMap(short);
    case "WorkloadEntry":
      return snapshot.live.Service.filter(
        (service) =>
          namespaceOf(service) === namespace &&
          selects(mapAt(service, "spec", "selector"), mapAt(object, "spec", "labels")),
      ).flatMap((service) => [nameOf(service), ...present(appOf(mapAt(service, "spec", "selector")))]);
    case "GRPCRoute":
    case "HTTPRoute":
      return [
        ...backends(object).map(({ host }) => host),
        ...mapsAt(object, "spec", "parentRefs").flatMap((parent) =>
          parent.kind === "Service" ? [textAt(parent, "name") ?? ""] : [],
        ),
      ].flatMap(short);
    case "DestinationRule":
      return short(textAt(object, "spec", "host") ?? "");
    case "Gateway":
      return boundRoutes(snapshot, object).flatMap((route) => namesOf(snapshot, "VirtualService", route));
    case "Service":
      return [nameOf(object), ...present(appOf(mapAt(object, "spec", "selector")))];
    case "Deployment":
    case "StatefulSet":
      return [...present(appOf(templateLabels(object))), nameOf(object)];
    case "ClusterRole":
    case "ClusterRoleBinding":
    case "ConfigMap":
      return [nameOf(object)];
    case "Pod":
      return present(appOf(at(object, "metadata", "labels")));
    case "ServiceAccount":
      return snapshot.made.Deployment.filter(
        (deployment) =>
          namespaceOf(deployment) === namespace &&
          textAt(deployment, "spec", "template", "spec", "serviceAccountName") === nameOf(object),
      ).flatMap((deployment) => present(appOf(templateLabels(deployment))));
    default:
      return present(
        appOf(at(object, "spec", "selector", "matchLabels")),
        appOf(at(object, "spec", "podSelector", "matchLabels")),
        appOf(at(object, "spec", "workloadSelector", "labels")),
      );
  }
}

/** The live and original VirtualServices that name the Gateway. */
function boundRoutes(snapshot: Snapshot, gateway: KubeObject): KubeObject[] {
  const full = `${namespaceOf(gateway) ?? ""}/${nameOf(gateway)}`;
  return [...snapshot.live.VirtualService, ...snapshot.made.VirtualService].filter((route) =>
    gatewaysOf(route).some((name) => (name.includes("/") ? name : `${namespaceOf(route) ?? ""}/${name}`) === full),
  );
}

/** A version's own Service (`reviews-v1`) also affects the app. */
function withApp(snapshot: Snapshot, name: string, namespace: string | undefined): string[] {
  const service = inNamespace([...snapshot.live.Service, ...snapshot.made.Service], namespace).find(
    (candidate) => nameOf(candidate) === name,
  );
  return [name, ...present(appOf(mapAt(service, "spec", "selector")))];
}

function present(...values: (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined);
}

/** One destination of a route, with its path in the object. */
export interface Destination {
  readonly path: string;
  readonly host: string;
  readonly subset?: string;
  readonly weight?: unknown;
}

/** Every destination that a VirtualService names. */
export function destinations(route: KubeObject): Destination[] {
  return (["http", "tcp", "tls"] as const).flatMap((protocol) =>
    mapsAt(route, "spec", protocol).flatMap((rule, i) => [
      ...mapsAt(rule, "route").flatMap((entry, j) =>
        destination(entry.destination, `spec.${protocol}[${i}].route[${j}].destination`, entry.weight),
      ),
      ...destination(rule.mirror, `spec.${protocol}[${i}].mirror`),
    ]),
  );
}

function destination(value: unknown, path: string, weight?: unknown): Destination[] {
  const host = textAt(value, "host");
  return host === undefined ? [] : [{ path, host, subset: textAt(value, "subset"), weight }];
}

/** The Services that an HTTPRoute sends to, with their shares. */
export function backends(route: KubeObject): Destination[] {
  return mapsAt(route, "spec", "rules").flatMap((rule, i) =>
    mapsAt(rule, "backendRefs").flatMap((backend, j) => {
      const host = textAt(backend, "name");
      return host === undefined
        ? []
        : [{ path: `spec.rules[${i}].backendRefs[${j}]`, host, weight: at(backend, "weight") ?? 1 }];
    }),
  );
}

/** The Gateways of a VirtualService; `mesh` means the sidecars. */
export function gatewaysOf(route: KubeObject): readonly string[] {
  const named = textsAt(route, "spec", "gateways");
  return named.length > 0 ? named : ["mesh"];
}

/**
 * The Service that a host names for a route of `namespace`. Undefined where the host names no Service in the read
 * namespaces.
 */
export function serviceNamed(
  host: string,
  namespace: string | undefined,
  snapshot: Snapshot,
): { name: string; namespace: string } | undefined {
  const [name = "", second, third] = host.split(".");
  if (name === "" || name.includes("*")) return undefined;
  if (second === undefined) return namespace === undefined ? undefined : { name, namespace };
  const known =
    snapshot.live.Namespace.some((object) => nameOf(object) === second) || snapshot.namespaces.includes(second);
  return known && (third === undefined || third === "svc") ? { name, namespace: second } : undefined;
}

/** The live Service behind a host. */
export function serviceOf(host: string, namespace: string | undefined, snapshot: Snapshot): KubeObject | undefined {
  const wanted = serviceNamed(host, namespace, snapshot);
  return (
    wanted && inNamespace(snapshot.live.Service, wanted.namespace).find((service) => nameOf(service) === wanted.name)
  );
}

/** Whether the mesh knows the host: as a Service, or as an entry in its registry. */
export function isKnownHost(host: string, namespace: string | undefined, snapshot: Snapshot): boolean {
  if (serviceOf(host, namespace, snapshot)) return true;
  if (snapshot.live.ServiceEntry.some((entry) => textsAt(entry, "spec", "hosts").includes(host))) return true;
  // A Service in a namespace that is not read.
  return serviceNamed(host, namespace, snapshot) === undefined && /\.svc(\.|$)/.test(host);
}

/** Whether two hosts mean the same Service, each seen from its namespace. */
export function sameHost(
  a: string,
  aNamespace: string | undefined,
  b: string,
  bNamespace: string | undefined,
  snapshot: Snapshot,
): boolean {
  const [first, second] = [serviceNamed(a, aNamespace, snapshot), serviceNamed(b, bNamespace, snapshot)];
  return first && second ? first.name === second.name && first.namespace === second.namespace : a === b;
}

/** Whether a DestinationRule's host equals `host` of another object in that namespace. */
export function ruleIsFor(rule: KubeObject, host: string, namespace: string | undefined, snapshot: Snapshot): boolean {
  const of = textAt(rule, "spec", "host");
  return of !== undefined && sameHost(of, namespaceOf(rule), host, namespace, snapshot);
}
