import type { KubeObject } from "../../../kube";
import { at, mapsAt, textAt, textsAt } from "./json";

/** One destination of a route, with its place in the object. */
export interface Destination {
  readonly path: string;
  readonly host: string;
  readonly subset?: string;
  readonly weight?: unknown;
}

/** Every destination a VirtualService names. */
export function destinations(route: KubeObject): Destination[] {
  return (["http", "tcp", "tls"] as const).flatMap((protocol) =>
    mapsAt(route, "spec", protocol).flatMap((rule, i) => [
      ...mapsAt(rule, "route").flatMap((entry, j) => destination(entry.destination, `spec.${protocol}[${i}].route[${j}].destination`, entry.weight)),
      ...destination(rule.mirror, `spec.${protocol}[${i}].mirror`),
    ]),
  );
}

function destination(value: unknown, path: string, weight?: unknown): Destination[] {
  const host = textAt(value, "host");
  return host === undefined ? [] : [{ path, host, subset: textAt(value, "subset"), weight }];
}

/** The Services an HTTPRoute sends to, with their shares. */
export function backends(route: KubeObject): Destination[] {
  return mapsAt(route, "spec", "rules").flatMap((rule, i) =>
    mapsAt(rule, "backendRefs").flatMap((backend, j) => {
      const host = textAt(backend, "name");
      return host === undefined ? [] : [{ path: `spec.rules[${i}].backendRefs[${j}]`, host, weight: at(backend, "weight") ?? 1 }];
    }),
  );
}

/** The Gateways a VirtualService is bound to; `mesh` are the sidecars. */
export function gatewaysOf(route: KubeObject): readonly string[] {
  const named = textsAt(route, "spec", "gateways");
  return named.length > 0 ? named : ["mesh"];
}
