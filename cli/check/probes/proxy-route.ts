import { ingressNamespace } from "../../../components/mesh/gateway";
import type { ProxyRouteCheck } from "../../../components/lessons/checks/check";
import type { Probe } from "./probe";

/** The compared parts of Envoy's route and cluster. */
export interface ProxyRouteSeen {
  /** Routes to one of the service's clusters. */
  routes: { timeout?: string; retries?: { attempts: number; perTryTimeout?: string; retryOn?: string } }[];
  /** Load-balancer policies of the service's clusters. */
  loadBalancers: string[];
}

export const proxyRoute: Probe<ProxyRouteCheck, ProxyRouteSeen> = {
  expected: (spec) => `${wanted(spec).join(", ")} in the proxy of ${whose(spec)}`,
  async look(spec, { seat, caller }) {
    const from =
      spec.proxy === "stranger"
        ? await caller("stranger")
        : { namespace: ingressNamespace, pod: await gatewayPod(seat) };
    const dump = async (resource: string) => {
      const { stdout, stderr } = await seat.exec(from.namespace, from.pod, "istio-proxy", [
        "pilot-agent",
        "request",
        "GET",
        `config_dump?resource=${resource}`,
      ]);
      if (!stdout.trim().startsWith("{"))
        throw new Error(`the proxy did not show its config: ${stderr.trim() || stdout.trim()}`);
      return (JSON.parse(stdout) as { configs?: unknown[] }).configs ?? [];
    };
    const [routes, clusters] = await Promise.all([dump("dynamic_route_configs"), dump("dynamic_active_clusters")]);
    return read(spec, routes as RouteDump[], clusters as ClusterDump[]);
  },
  evaluate(spec, { routes, loadBalancers }) {
    if (routes.length === 0) return { ok: false, seen: `the proxy of ${whose(spec)} has no route to ${spec.service}` };
    const wrong = [
      ...(spec.timeoutSeconds === undefined || routes.some(({ timeout }) => seconds(timeout) === spec.timeoutSeconds)
        ? []
        : [`timeout ${routes[0]!.timeout ?? "not set"}`]),
      ...(spec.retries === undefined || routes.some(({ retries }) => sameRetries(spec.retries!, retries))
        ? []
        : [`retries ${JSON.stringify(routes[0]!.retries ?? "not set")}`]),
      ...(spec.loadBalancer === undefined || loadBalancers.includes(spec.loadBalancer)
        ? []
        : [`load balancer ${loadBalancers.join(", ") || "not set"}`]),
    ];
    const seen = `in the proxy of ${whose(spec)}: ${(wrong.length > 0 ? wrong : wanted(spec)).join(", ")}`;
    return { ok: wrong.length === 0, seen };
  },
};

async function gatewayPod(seat: {
  list(path: string): Promise<{ metadata: { name: string }; status?: { phase?: string } }[]>;
}): Promise<{ name: string }> {
  const running = (await seat.list(`/api/v1/namespaces/${ingressNamespace}/pods`)).find(
    ({ status }) => status?.phase === "Running",
  );
  if (!running) throw new Error(`no pod of the gateway runs in namespace ${ingressNamespace}`);
  return { name: running.metadata.name };
}

function whose({ proxy }: ProxyRouteCheck): string {
  return proxy === "gateway" ? "the gateway" : "a caller in the mesh";
}

function wanted({ timeoutSeconds, retries, loadBalancer }: ProxyRouteCheck): string[] {
  return [
    ...(timeoutSeconds === undefined ? [] : [`timeout ${timeoutSeconds} s`]),
    ...(retries === undefined
      ? []
      : [
          `${retries.attempts} retries${retries.perTryTimeoutSeconds === undefined ? "" : ` of ${retries.perTryTimeoutSeconds} s`}${retries.retryOn ? ` on ${retries.retryOn}` : ""}`,
        ]),
    ...(loadBalancer === undefined ? [] : [loadBalancer]),
  ];
}

function sameRetries(
  wanted: NonNullable<ProxyRouteCheck["retries"]>,
  seen: ProxyRouteSeen["routes"][number]["retries"],
): boolean {
  if ((seen?.attempts ?? 0) !== wanted.attempts) return false;
  if (wanted.perTryTimeoutSeconds !== undefined && seconds(seen?.perTryTimeout) !== wanted.perTryTimeoutSeconds)
    return false;
  // Istio writes HTTP statuses in another form: `503` becomes retriable-status-codes.
  const conditions = (wanted.retryOn ?? "").split(",").map((condition) => condition.trim());
  const named = conditions.filter((condition) => condition && !/^\d+$/.test(condition));
  return named.every((condition) => (seen?.retryOn ?? "").split(",").includes(condition));
}

/** Seconds of a duration in Envoy's form: `0.500s`. */
function seconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : Number(duration.replace(/s$/, ""));
}

interface RouteDump {
  route_config?: { virtual_hosts?: { routes?: { route?: EnvoyRoute }[] }[] };
}
interface EnvoyRoute {
  cluster?: string;
  weighted_clusters?: { clusters: { name: string }[] };
  timeout?: string;
  retry_policy?: { num_retries?: number; per_try_timeout?: string; retry_on?: string };
}
interface ClusterDump {
  cluster?: { name?: string; lb_policy?: string };
}

/** Finds the service's routes and clusters in the two dumps. */
export function read(
  { host, port }: Pick<ProxyRouteCheck, "host" | "port">,
  routes: readonly RouteDump[],
  clusters: readonly ClusterDump[],
): ProxyRouteSeen {
  // `outbound|9080|v1|reviews.default.svc.cluster.local`. With the Gateway API, a version is its own Service,
  // `reviews-v1`.
  const [service, ...domain] = host.split(".");
  const isOurs = (name: string) => {
    const [direction, number, , fqdn = ""] = name.split("|");
    return (
      direction === "outbound" &&
      number === String(port) &&
      fqdn.endsWith(`.${domain.join(".")}`) &&
      new RegExp(`^${service}(-v\\d+)?$`).test(fqdn.split(".")[0]!)
    );
  };
  const all = routes
    .flatMap(({ route_config }) => route_config?.virtual_hosts ?? [])
    .flatMap(({ routes }) => routes ?? []);
  const ours = all.flatMap(({ route }) =>
    route && [route.cluster ?? "", ...(route.weighted_clusters?.clusters.map(({ name }) => name) ?? [])].some(isOurs)
      ? [route]
      : [],
  );
  return {
    routes: ours.map(({ timeout, retry_policy }) => ({
      ...(timeout !== undefined && { timeout }),
      ...(retry_policy && {
        retries: {
          attempts: retry_policy.num_retries ?? 1,
          perTryTimeout: retry_policy.per_try_timeout,
          retryOn: retry_policy.retry_on,
        },
      }),
    })),
    // A dump leaves out ROUND_ROBIN, because it is Envoy's zero value.
    loadBalancers: [
      ...new Set(
        clusters
          .filter(({ cluster }) => isOurs(cluster?.name ?? ""))
          .map(({ cluster }) => cluster?.lb_policy ?? "ROUND_ROBIN"),
      ),
    ],
  };
}
