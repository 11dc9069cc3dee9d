import { gatewaySelector } from "../gateway";
import type { Fault, TrafficPolicy } from "../traffic-policy";
import type { Destination, EntryPath, EntryPlan, Renderer, RouteObject, ServicePlan } from "./plan";
import { rules, userHeader, type RouteRule, type Share } from "./rules";

type Json = Record<string, unknown>;

/** Renders routes as VirtualServices, and versions as subsets of DestinationRules. */
export const istio: Renderer = { service, entry };

function service(plan: ServicePlan): RouteObject[] {
  const subsets = destinationRule(plan);
  const http = rules(plan).map((rule) => httpRoute(plan, rule, { match: matches([], rule) }));
  return [...subsets, virtualService(plan.service, { hosts: [plan.service], http }, subsets)];
}

function entry(plan: EntryPlan): RouteObject[] {
  const subsets = destinationRule(plan);
  const http = rules(plan).map((rule) =>
    httpRoute(plan, rule, { match: matches(plan.paths ?? [], rule), port: plan.port }),
  );
  const route = virtualService(plan.route, { hosts: plan.hosts, gateways: [plan.gateway], http }, subsets);
  // The Gateway comes after its routes, so that its port opens once they are known. It also goes before them. Each
  // open connection then gets one last 404 with Connection: close (istio.io/istio,
  // pilot/pkg/networking/core/gateway.go, "Gateway missing for route"). The other way round, the 404s would continue.
  return [...subsets, route, gateway(plan, route)];
}

/**
 * Makes every version a subset, whether or not a route names it. There is no DestinationRule where it would change
 * nothing.
 */
function destinationRule({ service, versions, policy }: Destination): RouteObject[] {
  if (versions === undefined && policy?.loadBalancer === undefined) return [];
  const spec = {
    host: service,
    // mTLS is the mesh's default. It is written out, so that a refresh notices when somebody has turned it off.
    trafficPolicy: {
      tls: { mode: "ISTIO_MUTUAL" },
      ...(policy?.loadBalancer && { loadBalancer: { simple: policy.loadBalancer } }),
    },
    ...(versions && { subsets: versions.map((version) => ({ name: version, labels: { version } })) }),
  };
  return [{ suffix: "subsets", kind: "networking.istio.io/v1 DestinationRule", name: service, spec, after: [] }];
}

function virtualService(name: string, spec: Json, subsets: readonly RouteObject[]): RouteObject {
  // Subsets come first: a route to a subset that does not exist yet answers 503.
  return {
    suffix: "route",
    kind: "networking.istio.io/v1 VirtualService",
    name,
    spec,
    after: subsets.map(({ suffix }) => suffix),
  };
}

function gateway({ gateway, hosts: names, routesIn, https }: EntryPlan, route: RouteObject): RouteObject {
  // Each host is written as NAMESPACE/HOST, because two lessons have the host `*` on the same port and only this
  // tells them apart. Otherwise istioctl analyze (IST0145) and Kiali (KIA0301) report two owners of one host.
  const hosts = names.map((host) => `${routesIn}/${host}`);
  const servers = [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts }];
  const secure = https && {
    port: { number: 443, name: "https", protocol: "HTTPS" },
    hosts,
    tls: { mode: "SIMPLE", credentialName: https.credentialName },
  };
  const spec = { selector: gatewaySelector.istio, servers: [...servers, ...(secure ? [secure] : [])] };
  return { suffix: "gateway", kind: "networking.istio.io/v1 Gateway", name: gateway, spec, after: [route.suffix] };
}

/** Combines every path with the rule's user. Empty where all requests match. */
function matches(paths: readonly EntryPath[], { user }: RouteRule): Json[] {
  const headers = user === undefined ? {} : { headers: { [userHeader]: { exact: user } } };
  const wanted: Json[] = paths.length > 0 ? paths.map((uri) => ({ uri, ...headers })) : [headers];
  return wanted.filter((match) => Object.keys(match).length > 0);
}

function httpRoute(
  { service, policy }: Destination,
  { fault, to }: RouteRule,
  { match, port }: { match: Json[]; port?: number },
): Json {
  return {
    ...(match.length > 0 && { match }),
    ...(fault && { fault: injected(fault) }),
    ...limits(policy),
    route: to.map((share) => destination(service, share, port)),
  };
}

function destination(service: string, { version, weight }: Share, port: number | undefined): Json {
  const host = {
    host: service,
    ...(version !== undefined && { subset: version }),
    ...(port !== undefined && { port: { number: port } }),
  };
  return { destination: host, ...(version !== undefined && { weight }) };
}

function limits({ timeout, retries }: TrafficPolicy = {}): Json {
  return { ...(timeout !== undefined && { timeout }), ...(retries && { retries: { ...retries } }) };
}

function injected({ delay, abort }: Omit<Fault, "user">): Json {
  return {
    ...(delay && { delay: { fixedDelay: delay.fixedDelay, percentage: { value: delay.percentage } } }),
    ...(abort && { abort: { httpStatus: abort.httpStatus, percentage: { value: abort.percentage } } }),
  };
}
