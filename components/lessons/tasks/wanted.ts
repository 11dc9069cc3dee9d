import { pathOf, type OwnKind } from "../own/kinds";
import { userHeader } from "../../mesh/routes/rules";
import type { WantedObject } from "./task";

/** A route that the lab makes for a Service with versions. */
interface Routed {
  readonly namespace: string;
  readonly service: string;
  readonly gatewayApi: boolean;
}

/** The object exists and has these fields. `*` in a path is any item of a list; null is a field that is not set. */
export function having(
  kind: OwnKind,
  namespace: string,
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
): WantedObject {
  return { object: `${kind.split(" ")[1]} ${name}`, path: pathOf(kind, namespace, name), fields };
}

/** The object does not exist. */
export function lacking(kind: OwnKind, namespace: string, name: string): WantedObject {
  return { ...having(kind, namespace, name), isAbsent: true };
}

/** The version gets this percentage of the requests, in either API of routes. */
export function weighing({ namespace, service, gatewayApi }: Routed, version: string, weight: number): WantedObject {
  return gatewayApi
    ? having("gateway.networking.k8s.io/v1 HTTPRoute", namespace, service, {
        "spec.rules.*.backendRefs.*": { name: `${service}-${version}`, weight },
      })
    : having("networking.istio.io/v1 VirtualService", namespace, service, {
        "spec.http.*.route.*": { destination: { subset: version }, weight },
      });
}

/** The requests of one signed-in user go to this version, in either API of routes. */
export function routing({ namespace, service, gatewayApi }: Routed, user: string, version: string): WantedObject {
  return gatewayApi
    ? having("gateway.networking.k8s.io/v1 HTTPRoute", namespace, service, {
        "spec.rules.*": {
          matches: [{ headers: [{ name: userHeader, value: user }] }],
          backendRefs: [{ name: `${service}-${version}` }],
        },
      })
    : having("networking.istio.io/v1 VirtualService", namespace, service, {
        "spec.http.*": {
          match: [{ headers: { [userHeader]: { exact: user } } }],
          route: [{ destination: { subset: version } }],
        },
      });
}
