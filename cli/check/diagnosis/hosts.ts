import type { KubeObject } from "../../../kube";
import { nameOf, namespaceOf } from "./commands";
import { textAt, textsAt } from "./json";
import { inNamespace } from "./made";
import type { Snapshot } from "./snapshot";

/** The Service a host means to a route of `namespace`; undefined for a host that is none of a Service in a namespace that is looked at. */
export function serviceNamed(host: string, namespace: string | undefined, snapshot: Snapshot): { name: string; namespace: string } | undefined {
  const [name = "", second, third] = host.split(".");
  if (name === "" || name.includes("*")) return undefined;
  if (second === undefined) return namespace === undefined ? undefined : { name, namespace };
  const known = snapshot.live.Namespace.some((object) => nameOf(object) === second) || snapshot.namespaces.includes(second);
  return known && (third === undefined || third === "svc") ? { name, namespace: second } : undefined;
}

/** The live Service behind a host. */
export function serviceOf(host: string, namespace: string | undefined, snapshot: Snapshot): KubeObject | undefined {
  const wanted = serviceNamed(host, namespace, snapshot);
  return wanted && inNamespace(snapshot.live.Service, wanted.namespace).find((service) => nameOf(service) === wanted.name);
}

/** Whether the mesh knows the host: a Service, or an entry of the mesh's own registry. */
export function isKnownHost(host: string, namespace: string | undefined, snapshot: Snapshot): boolean {
  if (serviceOf(host, namespace, snapshot)) return true;
  if (snapshot.live.ServiceEntry.some((entry) => textsAt(entry, "spec", "hosts").includes(host))) return true;
  // A Service of a namespace that is not looked at.
  return serviceNamed(host, namespace, snapshot) === undefined && /\.svc(\.|$)/.test(host);
}

/** Whether two hosts mean one Service, each seen from its namespace. */
export function sameHost(a: string, aNamespace: string | undefined, b: string, bNamespace: string | undefined, snapshot: Snapshot): boolean {
  const [first, second] = [serviceNamed(a, aNamespace, snapshot), serviceNamed(b, bNamespace, snapshot)];
  return first && second ? first.name === second.name && first.namespace === second.namespace : a === b;
}

/** A DestinationRule's host as `host` of another object of that namespace would be compared with. */
export function ruleIsFor(rule: KubeObject, host: string, namespace: string | undefined, snapshot: Snapshot): boolean {
  const of = textAt(rule, "spec", "host");
  return of !== undefined && sameHost(of, namespaceOf(rule), host, namespace, snapshot);
}
