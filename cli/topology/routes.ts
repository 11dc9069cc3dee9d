import { userHeader } from "../../components/mesh/routes/rules";
import type { KubeObject } from "../../kube";
import type { EntryMatch, Note, Topology } from "./model";
import { appOfVersion, hostOf, isHost, versionOfSubset } from "./names";
import type { Objects } from "./read";

/**
 * Converts weights into whole percentages that sum to 100. In both APIs a weight is a share of the sum. The percent
 * that rounding leaves go to the largest remainders. Undefined where all weights are 0: Envoy then answers 503 or
 * 500.
 */
export function sharesOf(weights: readonly (readonly [string, number])[]): Map<string, number> | undefined {
  const parts = new Map<string, number>();
  for (const [version, weight] of weights) parts.set(version, (parts.get(version) ?? 0) + weight);
  const sum = [...parts.values()].reduce((total, weight) => total + weight, 0);
  if (!(sum > 0)) return undefined;
  const exact = [...parts].map(([version, weight]) => ({ version, percent: (weight / sum) * 100 }));
  const left = 100 - exact.reduce((total, { percent }) => total + Math.floor(percent), 0);
  const first = new Set(
    [...exact]
      .sort((a, b) => (b.percent % 1) - (a.percent % 1))
      .slice(0, left)
      .map(({ version }) => version),
  );
  return new Map(exact.map(({ version, percent }) => [version, Math.floor(percent) + (first.has(version) ? 1 : 0)]));
}

/** What all routes together say about one service. */
interface ServiceRoutes {
  entries: EntryMatch[];
  /** Version → percent for requests of everybody; undefined where no route chooses a version. */
  weights?: ReadonlyMap<string, number>;
  notes: Note[];
}

export interface RoutesOf {
  apis: Topology["routes"];
  service(namespace: string, name: string): ServiceRoutes;
}

/** One rule of a route, from either API. */
interface LiveRule {
  namespace: string;
  /** Set for requests from outside. */
  entry?: EntryMatch;
  /** Set where only this signed-in user matches. */
  user?: string;
  to: { service: string; namespace: string; version?: string; weight?: number }[];
  notes: Note[];
}

/** Reads VirtualServices, DestinationRules and HTTPRoutes. */
export function readRoutes(
  objects: Pick<Objects, "virtualServices" | "destinationRules" | "httpRoutes" | "services">,
): RoutesOf {
  const rules = [
    ...counting(objects.virtualServices).flatMap((route) => ofVirtualService(route, objects.destinationRules)),
    ...objects.httpRoutes.flatMap((route) => ofHttpRoute(route, objects.services)),
  ];
  return {
    apis: [
      ...(objects.virtualServices.length > 0 ? (["istio"] as const) : []),
      ...(objects.httpRoutes.length > 0 ? (["gateway-api"] as const) : []),
    ],
    service: (namespace, name) => {
      const own = rules.filter(({ to }) =>
        to.some((target) => target.service === name && target.namespace === namespace),
      );
      const everybody = own.filter(({ user }) => user === undefined);
      // Routes for calls inside the mesh come first, where there are any.
      const chosen =
        everybody.find(({ entry, to }) => entry === undefined && names(to)) ?? everybody.find(({ to }) => names(to));
      const weights =
        chosen &&
        sharesOf(
          chosen.to
            .filter((target) => target.service === name)
            .map(({ version = "", weight }) => [version, weight ?? (chosen.to.length > 1 ? 0 : 100)] as const),
        );
      return {
        entries: unique(own.flatMap(({ entry }) => entry ?? [])),
        ...(weights && { weights }),
        notes: unique([
          ...own.flatMap(noteOfUser),
          ...own.flatMap(({ notes }) => notes),
          ...ofDestinationRule(namespace, name, objects.destinationRules),
        ]),
      };
    },
  };
}

/**
 * The routes that count for calls inside the mesh: of two for one host the older one, where it is exported to the
 * host's namespace. At a gateway all of them count, so that a route for both stays.
 * https://istio.io/latest/docs/ops/best-practices/traffic-management/#split-virtual-services
 */
function counting(routes: readonly KubeObject[]): KubeObject[] {
  const claimed = new Set<string>();
  const byAge = [...routes].sort((a, b) => (ageOf(a) < ageOf(b) ? -1 : ageOf(a) > ageOf(b) ? 1 : 0));
  return byAge.filter(({ metadata, spec }) => {
    const gateways = (spec?.gateways ?? ["mesh"]) as string[];
    if (!gateways.includes("mesh")) return true;
    const to = (spec?.exportTo ?? ["*"]) as string[];
    const hosts = ((spec?.hosts ?? []) as string[])
      .map((host) => hostOf(host, metadata.namespace ?? "default"))
      .filter(({ namespace }) =>
        to.some((one) => one === "*" || (one === "." ? metadata.namespace : one) === namespace),
      )
      .map(({ service, namespace }) => `${namespace}/${service}`);
    const isFirst = (spec?.hosts ?? []).length === 0 || hosts.some((host) => !claimed.has(host));
    for (const host of hosts) claimed.add(host);
    return isFirst || gateways.some((gateway) => gateway !== "mesh");
  });
}

function ageOf({ metadata }: KubeObject): string {
  return metadata.creationTimestamp ?? "";
}

function names(to: LiveRule["to"]): boolean {
  return to.some(({ version }) => version !== undefined);
}

function noteOfUser({ user, to }: LiveRule): Note[] {
  const versions = to.flatMap(({ version }) => version ?? []);
  return user === undefined || versions.length !== 1 ? [] : [{ kind: "user", text: `${user} → ${versions[0]}` }];
}

function ofVirtualService({ metadata, spec }: KubeObject, destinationRules: KubeObject[]): LiveRule[] {
  const namespace = metadata.namespace ?? "default";
  const gateways = (spec?.gateways ?? ["mesh"]) as string[];
  const outside = gateways.some((gateway) => gateway !== "mesh");
  return ((spec?.http ?? []) as VirtualServiceRule[]).map((rule) => {
    const user = (rule.match ?? []).map(({ headers }) => headers?.[userHeader]?.exact).find(Boolean);
    const to = (rule.route ?? []).map(({ destination, weight }) => {
      const service = hostOf(destination.host, namespace);
      return {
        ...service,
        weight,
        ...(destination.subset !== undefined && {
          version: versionOfSubset(service, destination.subset, destinationRules),
        }),
      };
    });
    return {
      namespace,
      ...(outside && {
        entry: { hosts: spec.hosts ?? [], paths: (rule.match ?? []).flatMap(({ uri }) => pathOf(uri)) },
      }),
      ...(user !== undefined && { user }),
      to,
      notes: [...faultNotes(rule, user), ...limitNotes(rule)],
    };
  });
}

interface VirtualServiceRule {
  match?: { uri?: Record<string, string>; headers?: Record<string, { exact?: string }> }[];
  route?: { destination: { host: string; subset?: string }; weight?: number }[];
  fault?: {
    delay?: { fixedDelay?: string; percentage?: { value?: number } };
    abort?: { httpStatus?: number; grpcStatus?: string; percentage?: { value?: number } };
  };
  timeout?: string;
  retries?: { attempts?: number; perTryTimeout?: string };
}

function faultNotes({ fault }: VirtualServiceRule, user: string | undefined): Note[] {
  const whom = user === undefined ? "" : ` for ${user}`;
  const share = (percentage?: { value?: number }) => `${percentage?.value ?? 0} %`;
  return [
    ...(fault?.delay ? [`delay ${fault.delay.fixedDelay}, ${share(fault.delay.percentage)}${whom}`] : []),
    ...(fault?.abort
      ? [`abort ${fault.abort.httpStatus ?? fault.abort.grpcStatus}, ${share(fault.abort.percentage)}${whom}`]
      : []),
  ].map((text) => ({ kind: "fault" as const, text }));
}

function limitNotes({ timeout, retries }: VirtualServiceRule): Note[] {
  const texts = [
    ...(timeout ? [`timeout ${timeout}`] : []),
    ...(retries
      ? [`${retries.attempts ?? 0} retries${retries.perTryTimeout ? ` of ${retries.perTryTimeout}` : ""}`]
      : []),
  ];
  return texts.map((text) => ({ kind: "limit" as const, text }));
}

/** Returns a DestinationRule's settings for its host, other than subsets. */
function ofDestinationRule(namespace: string, name: string, destinationRules: KubeObject[]): Note[] {
  const own = destinationRules.filter(({ metadata, spec }) =>
    isHost(spec?.host, metadata.namespace, { service: name, namespace }),
  );
  return own.flatMap(({ spec }) => {
    const { loadBalancer, tls, outlierDetection } = spec?.trafficPolicy ?? {};
    return [
      ...(loadBalancer?.simple
        ? [{ kind: "limit" as const, text: String(loadBalancer.simple).toLowerCase().replaceAll("_", " ") }]
        : []),
      ...(outlierDetection ? [{ kind: "limit" as const, text: "outlier detection" }] : []),
      ...(tls?.mode === "DISABLE" ? [{ kind: "warning" as const, text: "called in plaintext (DestinationRule)" }] : []),
    ];
  });
}

function pathOf(uri: Record<string, string> | undefined): string[] {
  if (uri?.exact !== undefined) return [uri.exact];
  if (uri?.prefix !== undefined) return [uri.prefix === "/" ? "/*" : `${uri.prefix}*`];
  return uri?.regex === undefined ? [] : [`~${uri.regex}`];
}

function ofHttpRoute({ metadata, spec }: KubeObject, services: KubeObject[]): LiveRule[] {
  const namespace = metadata.namespace ?? "default";
  const outside = ((spec?.parentRefs ?? []) as { kind?: string }[]).some(({ kind = "Gateway" }) => kind !== "Service");
  return ((spec?.rules ?? []) as HttpRouteRule[]).map(({ matches = [], backendRefs = [], timeouts }) => {
    const user = matches
      .flatMap(({ headers = [] }) => headers.filter(({ name }) => name === userHeader))
      .map(({ value }) => value)[0];
    return {
      namespace,
      ...(outside && {
        entry: { hosts: spec.hostnames ?? ["*"], paths: matches.flatMap(({ path }) => httpPath(path)) },
      }),
      ...(user !== undefined && { user }),
      to: backendRefs.map((backend) => ({
        ...versionedService(backend.name, backend.namespace ?? namespace, services),
        weight: backend.weight ?? 1,
      })),
      notes: timeouts?.request === undefined ? [] : [{ kind: "limit" as const, text: `timeout ${timeouts.request}` }],
    };
  });
}

interface HttpRouteRule {
  matches?: { path?: { type?: string; value?: string }; headers?: { name: string; value: string }[] }[];
  backendRefs?: { name: string; namespace?: string; weight?: number }[];
  timeouts?: { request?: string };
}

function httpPath(path: { type?: string; value?: string } | undefined): string[] {
  if (path?.value === undefined || (path.type !== "Exact" && path.value === "/")) return [];
  return [path.type === "Exact" ? path.value : `${path.value}*`];
}

function versionedService(name: string, namespace: string, services: KubeObject[]): LiveRule["to"][number] {
  return {
    namespace,
    ...appOfVersion(
      name,
      services.filter(({ metadata }) => (metadata.namespace ?? "default") === namespace),
    ),
  };
}

function unique<T>(all: readonly T[]): T[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}
