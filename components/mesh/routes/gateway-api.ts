import { gatewayName, ingressNamespace } from "../gateway";
import type { Destination, EntryPath, EntryPlan, Renderer, RouteObject, ServicePlan } from "./plan";
import { duration } from "./duration";
import { rules, userHeader, type RouteRule, type Share } from "./rules";

type Json = Record<string, unknown>;

/**
 * Renders routes as HTTPRoutes. Versions become Services, because an HTTPRoute knows no subsets. All of the API
 * server's defaults are written out, so that the cluster has exactly these objects.
 */
export const gatewayApi: Renderer = { service, entry };

const httpRouteKind = "gateway.networking.k8s.io/v1 HTTPRoute";

/**
 * Renders the routes of calls inside the mesh, which are those whose parent is a Service
 * (gateway-api.sigs.k8s.io/mesh).
 */
function service(plan: ServicePlan): RouteObject[] {
  const parent = { group: "", kind: "Service", name: plan.service, port: plan.port };
  return withVersions(plan, plan.service, {
    parentRefs: [parent],
    rules: rules(plan).map((rule) => httpRule(plan, rule)),
  });
}

function entry(plan: EntryPlan): RouteObject[] {
  const listeners = plan.https === undefined ? [] : [listenerSet(plan, plan.https)];
  const parents = [
    {
      group: "gateway.networking.k8s.io",
      kind: "Gateway",
      name: gatewayName,
      namespace: ingressNamespace,
      sectionName: "http",
    },
    ...listeners.map(({ name }) => ({
      group: "gateway.networking.k8s.io",
      kind: "ListenerSet",
      name,
      namespace: ingressNamespace,
    })),
  ];
  const hostnames = plan.hosts.filter((host) => host !== "*");
  const spec = {
    parentRefs: parents,
    ...(hostnames.length > 0 && { hostnames }),
    rules: rules(plan).map((rule) => httpRule(plan, rule, plan.paths)),
  };
  return [...listeners, ...withVersions(plan, plan.route, spec, listeners)];
}

/**
 * Adds port 443 to the mesh's one gateway. It is in the gateway's namespace, beside its certificate: any other
 * namespace would need a ReferenceGrant.
 */
function listenerSet({ gateway, hosts }: EntryPlan, { credentialName }: NonNullable<EntryPlan["https"]>): RouteObject {
  const listeners = hosts.map((host, index) => ({
    name: index === 0 ? "https" : `https-${index}`,
    ...(host !== "*" && { hostname: host }),
    port: 443,
    protocol: "HTTPS",
    tls: { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", name: credentialName }] },
    allowedRoutes: { namespaces: { from: "All" } },
  }));
  const spec = { parentRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name: gatewayName }, listeners };
  return {
    suffix: "listener",
    kind: "gateway.networking.k8s.io/v1 ListenerSet",
    name: gateway,
    namespace: ingressNamespace,
    spec,
    after: [],
  };
}

function withVersions(plan: Destination, name: string, spec: Json, before: readonly RouteObject[] = []): RouteObject[] {
  const services = (plan.versions ?? []).map((version) => versionService(plan, version));
  // Services come first: a route to a Service that does not exist yet answers 500.
  return [
    ...services,
    { suffix: "route", kind: httpRouteKind, name, spec, after: [...before, ...services].map(({ suffix }) => suffix) },
  ];
}

/**
 * Renders the Service of one version. As in the app's own Service, port and target port have the same names and
 * numbers.
 */
function versionService({ service: app, port, targetPort = "http" }: Destination, version: string): RouteObject {
  return {
    suffix: version,
    kind: "v1 Service",
    name: nameOfVersion(app, version),
    labels: { app, version },
    // Skipped as for the app's own Service: Pulumi waits for the Deployments behind it anyway.
    annotations: { "pulumi.com/skipAwait": "true" },
    spec: { selector: { app, version }, ports: [{ name: "http", port, targetPort }] },
    after: [],
  };
}

function nameOfVersion(service: string, version: string | undefined): string {
  return version === undefined ? service : `${service}-${version}`;
}

/**
 * @throws where an HTTPRoute cannot express the policy. config.ts has already refused that, by the names of its keys.
 */
function httpRule(plan: Destination, rule: RouteRule, paths: readonly EntryPath[] = []): Json {
  const { timeout, ...others } = plan.policy ?? {};
  const unsaid = Object.entries(others).filter(([, value]) => value !== undefined);
  if (unsaid.length > 0)
    throw new Error(`an HTTPRoute cannot say ${unsaid.map(([key]) => key).join(", ")} (asked of ${plan.service})`);
  return {
    matches: matches(paths, rule),
    backendRefs: rule.to.map((share) => backend(plan, share)),
    ...(timeout !== undefined && { timeouts: { request: duration(timeout) } }),
  };
}

function matches(paths: readonly EntryPath[], { user }: RouteRule): Json[] {
  const headers = user === undefined ? {} : { headers: [{ type: "Exact", name: userHeader, value: user }] };
  const every: readonly EntryPath[] = paths.length > 0 ? paths : [{ prefix: "/" }];
  return every.map((path) => ({
    path: "exact" in path ? { type: "Exact", value: path.exact } : { type: "PathPrefix", value: path.prefix },
    ...headers,
  }));
}

function backend({ service, port }: Destination, { version, weight }: Share): Json {
  return { group: "", kind: "Service", name: nameOfVersion(service, version), port, weight };
}
