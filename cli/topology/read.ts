import { catalog } from "../../components/lessons/catalog";
import { gatewaySelector, ingressNamespace } from "../../components/mesh/gateway";
import { systemNamespace } from "../../components/mesh/system-namespace";
import type { KubeObject } from "../../kube";
import { PROBE_NAMESPACE } from "../check";
import { isReady } from "../seat/live-seat";
import type { Seat } from "../seat/seat";
import { hasSidecar } from "../seat/sidecar";
import { groupBy } from "../../base/values";
import type { Mtls, NamespaceView, Pods, Policy, ServiceView, Topology, VersionView } from "./model";
import { isVersionOf } from "./names";
import { readRoutes, type RoutesOf } from "./routes";

/** The parts of the seat that are read. */
export type Reader = Pick<Seat, "list" | "gatewayUrl">;

/** The mesh's root namespace. Policies without a selector there apply to the whole mesh. */
const root = systemNamespace;
const systems = new Set([root, ingressNamespace, "kube-system", "kube-public", "kube-node-lease", PROBE_NAMESPACE]);

const security = "/apis/security.istio.io/v1";
const networking = "/apis/networking.istio.io/v1";
const gatewayApi = "/apis/gateway.networking.k8s.io/v1";

/** The collections that a picture needs; a kind that the server does not know is empty. */
const collections = {
  namespaces: "/api/v1/namespaces",
  services: "/api/v1/services",
  pods: "/api/v1/pods",
  peers: `${security}/peerauthentications`,
  policies: `${security}/authorizationpolicies`,
  virtualServices: `${networking}/virtualservices`,
  destinationRules: `${networking}/destinationrules`,
  httpRoutes: `${gatewayApi}/httproutes`,
} as const;

/** The live objects as the API server returns them. */
export type Objects = Record<keyof typeof collections, KubeObject[]>;

export async function readObjects(seat: Pick<Reader, "list">): Promise<Objects> {
  const entries = Object.entries(collections).map(async ([name, path]) => [name, await seat.list(path)] as const);
  return Object.fromEntries(await Promise.all(entries)) as Objects;
}

/** The part of the topology that comes from objects, without measurements. */
type LiveTopology = Omit<Topology, "calls" | "traffic">;

/** Turns the objects into the model. Pure, so that a test can pass any seat. */
export function liveTopology(
  objects: Objects,
  { stack, gatewayUrl, readAt }: { stack: string; gatewayUrl: string; readAt: Date },
): LiveTopology {
  const routesOf = readRoutes(objects);
  const running = objects.pods.filter(
    ({ metadata, status }) => !metadata.deletionTimestamp && status?.phase !== "Succeeded",
  );
  const gatewayPods = running.filter(
    (pod) =>
      namespaceOf(pod) === ingressNamespace && Object.values(gatewaySelector).some((labels) => selects(labels, pod)),
  );
  const seen = { ...objects, pods: running };
  return {
    stack,
    readAt: readAt.toISOString(),
    routes: routesOf.apis,
    ...(gatewayPods.length > 0 && {
      gateway: { name: "istio-ingressgateway", namespace: ingressNamespace, url: gatewayUrl, pods: count(gatewayPods) },
    }),
    namespaces: meshNamespaces(seen).map((name) => namespaceView(name, seen, routesOf)),
    controlPlane: controlPlane(running),
  };
}

/**
 * Returns the namespaces with injection or with a proxy. A namespace with neither a Service nor a pod is left out,
 * because it has nothing to show.
 */
function meshNamespaces({ namespaces, pods, services }: Objects): string[] {
  const course = Object.values(catalog).map(({ namespace }) => namespace);
  const place = (name: string) => (course.includes(name) ? course.indexOf(name) : course.length);
  return namespaces
    .filter(({ metadata }) => !systems.has(metadata.name))
    .filter(
      ({ metadata }) =>
        metadata.labels?.["istio-injection"] === "enabled" ||
        pods.some((pod) => namespaceOf(pod) === metadata.name && hasSidecar(pod)),
    )
    .map(({ metadata }) => metadata.name)
    .filter(
      (name) =>
        pods.some((pod) => namespaceOf(pod) === name) ||
        services.some((service) => namespaceOf(service) === name && service.spec?.selector),
    )
    .sort((a, b) => place(a) - place(b) || a.localeCompare(b));
}

function namespaceView(namespace: string, objects: Objects, routesOf: RoutesOf): NamespaceView {
  const here = (all: KubeObject[]) => all.filter((object) => namespaceOf(object) === namespace);
  const [services, pods] = [
    here(objects.services).filter(({ spec }) => Object.keys(spec?.selector ?? {}).length > 0),
    here(objects.pods),
  ];
  const apps = services.filter((service) => !services.some((other) => isVersionOf(service, other)));
  const selected = new Set(apps.flatMap((service) => pods.filter((pod) => selects(service.spec.selector, pod))));
  const callers = groupBy(
    pods.filter((pod) => !selected.has(pod)),
    (pod) => appOf(pod),
  );
  const rootPolicies = objects.policies.filter((policy) => namespaceOf(policy) === root && !selectorOf(policy));
  const wide = [
    ...here(objects.policies).filter(
      (policy) => !selectorOf(policy) && !policy.spec?.targetRefs && !policy.spec?.targetRef,
    ),
    ...rootPolicies,
  ];
  return {
    name: namespace,
    mtls:
      modeOf(here(objects.peers)) ?? modeOf(objects.peers.filter((peer) => namespaceOf(peer) === root)) ?? "PERMISSIVE",
    policies: wide.map(policyOf),
    services: [
      ...apps.map((service) =>
        serviceView(
          service,
          pods.filter((pod) => selects(service.spec.selector, pod)),
          namespace,
          objects,
          routesOf,
        ),
      ),
      ...[...callers].map(([name, own]) => ({
        name,
        entries: [],
        versions: versionsOf(own),
        ...ofPods(own, namespace, objects),
        notes: [],
      })),
    ],
  };
}

function serviceView(
  service: KubeObject,
  pods: KubeObject[],
  namespace: string,
  objects: Objects,
  routesOf: RoutesOf,
): ServiceView {
  const name = service.metadata.name;
  const port = (service.spec.ports as { name?: string; port: number; appProtocol?: string }[] | undefined)?.[0];
  const protocol = port?.appProtocol ?? port?.name?.split("-")[0];
  const { entries, weights, notes } = routesOf.service(namespace, name);
  const missing = [...(weights?.keys() ?? [])].filter(
    (version) => weights!.get(version)! > 0 && !pods.some((pod) => versionOf(pod) === version),
  );
  return {
    name,
    ...(port && { port: port.port }),
    ...(protocol && { protocol }),
    entries,
    versions: [
      ...versionsOf(pods).map((version) => ({
        ...version,
        ...(weights && { weight: weights.get(version.name) ?? 0 }),
      })),
      ...missing.map((version) => ({
        name: version,
        weight: weights!.get(version)!,
        pods: { ready: 0, all: 0 },
        withoutSidecar: 0,
      })),
    ].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true })),
    ...ofPods(pods, namespace, objects),
    notes,
  };
}

/** Returns the mTLS mode and the policies that select these pods by their labels. */
function ofPods(
  pods: KubeObject[],
  namespace: string,
  { peers, policies }: Objects,
): { mtls?: Mtls; policies: Policy[] } {
  const meant = (object: KubeObject) => {
    const labels = selectorOf(object);
    return (
      labels !== undefined &&
      (namespaceOf(object) === namespace || namespaceOf(object) === root) &&
      pods.some((pod) => selects(labels, pod))
    );
  };
  const mode = peers
    .filter(meant)
    .map(({ spec }) => spec?.mtls?.mode as Mtls | undefined)
    .find(Boolean);
  return { ...(mode && { mtls: mode }), policies: policies.filter(meant).map(policyOf) };
}

function versionsOf(pods: KubeObject[]): VersionView[] {
  const versions = groupBy(pods, versionOf);
  return [...versions]
    .map(([name, own]) => ({ name, pods: count(own), withoutSidecar: own.filter((pod) => !hasSidecar(pod)).length }))
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

/** Returns the mode for all pods of a namespace. The oldest PeerAuthentication wins, as in istiod. */
function modeOf(peers: KubeObject[]): Mtls | undefined {
  const wide = peers
    .filter((peer) => !selectorOf(peer))
    .sort((a, b) =>
      String(a.metadata.creationTimestamp ?? "").localeCompare(String(b.metadata.creationTimestamp ?? "")),
    );
  const mode = wide[0]?.spec?.mtls?.mode as Mtls | "UNSET" | undefined;
  return mode === "UNSET" ? undefined : mode;
}

function controlPlane(pods: KubeObject[]): Topology["controlPlane"] {
  const own = groupBy(
    pods.filter((pod) => namespaceOf(pod) === root),
    appOf,
  );
  return [...own]
    .map(([name, all]) => ({ name, pods: count(all) }))
    .sort((a, b) => Number(b.name === "istiod") - Number(a.name === "istiod") || a.name.localeCompare(b.name));
}

function selectorOf(object: KubeObject): Record<string, string> | undefined {
  const labels = object.spec?.selector?.matchLabels as Record<string, string> | undefined;
  return labels && Object.keys(labels).length > 0 ? labels : undefined;
}

function selects(labels: Readonly<Record<string, string>>, pod: KubeObject): boolean {
  return Object.entries(labels).every(([key, value]) => pod.metadata.labels?.[key] === value);
}

/** Uses the labels that Istio's own telemetry uses. */
function appOf({ metadata }: KubeObject): string {
  return metadata.labels?.["app.kubernetes.io/name"] ?? metadata.labels?.app ?? metadata.name;
}

function versionOf({ metadata }: KubeObject): string {
  return metadata.labels?.version ?? metadata.labels?.["app.kubernetes.io/version"] ?? "";
}

function count(pods: KubeObject[]): Pods {
  return { ready: pods.filter(isReady).length, all: pods.length };
}

function namespaceOf({ metadata }: KubeObject): string {
  return metadata.namespace ?? "default";
}

interface PolicyRule {
  from?: { source?: Record<string, string[]> }[];
  to?: { operation?: Record<string, string[]> }[];
  when?: { key: string; values?: string[]; notValues?: string[] }[];
}

/** Describes an AuthorizationPolicy in a few words. */
export function policyOf({ metadata, spec }: KubeObject): Policy {
  const action = (spec?.action ?? "ALLOW") as Policy["action"];
  const rules = (spec?.rules ?? []) as PolicyRule[];
  return { name: metadata.name, action, rules: rules.length === 0 ? "nobody" : rules.map(wordsOf).join("; ") };
}

/** `frontend: GET, POST`. Identities are shown without the part that is the same in all of them. */
function wordsOf({ from = [], to = [], when = [] }: PolicyRule): string {
  const who = from.flatMap(({ source = {} }) =>
    Object.entries(source).map(
      ([field, values]) => `${field.startsWith("not") ? "not " : ""}${values.map(shortIdentity(field)).join(", ")}`,
    ),
  );
  const what = to.flatMap(({ operation = {} }) =>
    Object.entries(operation).map(([field, values]) => `${field.startsWith("not") ? "not " : ""}${values.join(", ")}`),
  );
  const how = when.map(
    ({ key, values, notValues }) => `${key} ${values ? values.join(", ") : `not ${(notValues ?? []).join(", ")}`}`,
  );
  const conditions = [...what, ...how].join(", ");
  return [who.join(", ") || "anybody", conditions].filter(Boolean).join(": ");
}

const shortIdentity = (field: string) => (value: string) => {
  const account = /^[^/]+\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(value);
  if (account) return account[2]!;
  return /namespaces/i.test(field) ? `namespace ${value}` : value;
};
