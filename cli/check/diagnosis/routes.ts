import type { KubeObject } from "../../../kube";
import { nameOf, namespaceOf } from "./commands";
import { at, mapsAt, textAt, textsAt } from "../../seat/json";
import { inNamespace } from "./objects";
import type { Snapshot } from "./snapshot";

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
