import type { About, Aspect } from "../../../components/lessons/checks/check";
import { ingressNamespace } from "../../../components/mesh/gateway";
import type { KubeObject } from "../../../kube";
import { groupOf, type Inventory, readInventory, within } from "../../inventory";
import { askedTwice } from "../../seat/api";
import { textAt } from "../../seat/json";
import type { Seat } from "../../seat/seat";
import type { Deployment } from "../../stack/stack";
import type { Failure, Hint } from "../result";
import { readRoots, type Roots } from "./roots";

/** The kinds of objects that a lesson's or addon's behavior depends on. */
const istioNetworking = { group: "networking.istio.io", version: "v1" } as const;
const istioSecurity = { group: "security.istio.io", version: "v1" } as const;
const gatewayApi = { group: "gateway.networking.k8s.io", version: "v1" } as const;
const rbac = { group: "rbac.authorization.k8s.io", version: "v1" } as const;
const core = { group: "", version: "v1" } as const;
const admission = { group: "admissionregistration.k8s.io", version: "v1" } as const;

interface KindEntry {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The API path of the collection over all namespaces. */
  readonly path: string;
  /** Limits the collection, as the API server takes it. */
  readonly query?: Record<string, string>;
  /** Its objects are in no namespace. */
  readonly clusterWide?: true;
}

const clusterWide = true;

export const kinds = {
  Namespace: entry(core, "Namespace", "namespaces", { clusterWide }),
  Pod: entry(core, "Pod", "pods"),
  Service: entry(core, "Service", "services"),
  ServiceAccount: entry(core, "ServiceAccount", "serviceaccounts"),
  ConfigMap: entry(core, "ConfigMap", "configmaps"),
  PersistentVolumeClaim: entry(core, "PersistentVolumeClaim", "persistentvolumeclaims"),
  Event: entry(core, "Event", "events"),
  /** Certificates for the gateway; their content is dropped right after reading. */
  Secret: entry(core, "Secret", "secrets", { query: { fieldSelector: "type=kubernetes.io/tls" } }),
  Deployment: entry({ group: "apps", version: "v1" }, "Deployment", "deployments"),
  StatefulSet: entry({ group: "apps", version: "v1" }, "StatefulSet", "statefulsets"),
  DaemonSet: entry({ group: "apps", version: "v1" }, "DaemonSet", "daemonsets"),
  ClusterRole: entry(rbac, "ClusterRole", "clusterroles", { clusterWide }),
  ClusterRoleBinding: entry(rbac, "ClusterRoleBinding", "clusterrolebindings", { clusterWide }),
  EndpointSlice: entry({ group: "discovery.k8s.io", version: "v1" }, "EndpointSlice", "endpointslices"),
  NetworkPolicy: entry({ group: "networking.k8s.io", version: "v1" }, "NetworkPolicy", "networkpolicies"),
  StorageClass: entry({ group: "storage.k8s.io", version: "v1" }, "StorageClass", "storageclasses", { clusterWide }),
  PeerAuthentication: entry(istioSecurity, "PeerAuthentication", "peerauthentications"),
  AuthorizationPolicy: entry(istioSecurity, "AuthorizationPolicy", "authorizationpolicies"),
  RequestAuthentication: entry(istioSecurity, "RequestAuthentication", "requestauthentications"),
  VirtualService: entry(istioNetworking, "VirtualService", "virtualservices"),
  DestinationRule: entry(istioNetworking, "DestinationRule", "destinationrules"),
  Gateway: entry(istioNetworking, "Gateway", "gateways"),
  Sidecar: entry(istioNetworking, "Sidecar", "sidecars"),
  ServiceEntry: entry(istioNetworking, "ServiceEntry", "serviceentries"),
  WorkloadEntry: entry(istioNetworking, "WorkloadEntry", "workloadentries"),
  EnvoyFilter: entry({ group: "networking.istio.io", version: "v1alpha3" }, "EnvoyFilter", "envoyfilters"),
  ProxyConfig: entry({ group: "networking.istio.io", version: "v1beta1" }, "ProxyConfig", "proxyconfigs"),
  WasmPlugin: entry({ group: "extensions.istio.io", version: "v1alpha1" }, "WasmPlugin", "wasmplugins"),
  Telemetry: entry({ group: "telemetry.istio.io", version: "v1" }, "Telemetry", "telemetries"),
  HTTPRoute: entry(gatewayApi, "HTTPRoute", "httproutes"),
  GRPCRoute: entry(gatewayApi, "GRPCRoute", "grpcroutes"),
  ResourceQuota: entry(core, "ResourceQuota", "resourcequotas"),
  LimitRange: entry(core, "LimitRange", "limitranges"),
  Node: entry(core, "Node", "nodes", { clusterWide }),
  HorizontalPodAutoscaler: entry(
    { group: "autoscaling", version: "v2" },
    "HorizontalPodAutoscaler",
    "horizontalpodautoscalers",
  ),
  MutatingWebhookConfiguration: entry(admission, "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", {
    clusterWide,
  }),
  ValidatingWebhookConfiguration: entry(
    admission,
    "ValidatingWebhookConfiguration",
    "validatingwebhookconfigurations",
    { clusterWide },
  ),
  /** The Gateway API's Gateway, in addition to Istio's. */
  GatewayApiGateway: entry(gatewayApi, "Gateway", "gateways"),
} as const satisfies Record<string, KindEntry>;

export type SnapshotKind = keyof typeof kinds;

function entry<K extends string>(
  { group, version }: { group: string; version: string },
  kind: K,
  plural: string,
  more: Pick<KindEntry, "query" | "clusterWide"> = {},
): KindEntry & { readonly kind: K } {
  return { group, version, kind, path: `${group ? `/apis/${group}` : "/api"}/${version}/${plural}`, ...more };
}

/** The kind's name for kubectl, with its group where two kinds share the name. */
export function resourceName(kind: SnapshotKind): string {
  const { group, path } = kinds[kind];
  if (kind === "GatewayApiGateway" || kind === "Gateway") return `${path.slice(path.lastIndexOf("/") + 1)}.${group}`;
  return kinds[kind].kind.toLowerCase();
}

/** What the rules see: the objects of the lessons' namespaces and of the mesh, live and as Pulumi created them. */
export interface Snapshot {
  /** Namespaces of the stack's lessons. */
  readonly namespaces: readonly string[];
  /** Live objects; empty for a kind that the cluster does not know. */
  readonly live: Readonly<Record<SnapshotKind, readonly KubeObject[]>>;
  /** The inputs of each object, from the stack's state. */
  readonly made: Readonly<Record<SnapshotKind, readonly KubeObject[]>>;
  /** What the seat is made of, whatever its kind and namespace. @default unknown */
  readonly inventory?: Inventory;
  /** Kinds that could not be listed, with the API server's answer. That does not mean that there is none. */
  readonly notAsked?: readonly { readonly kind: SnapshotKind; readonly why: string }[];
  /**
   * Objects of all other namespaces. Routes reach the lessons where Istio lets them, and a lesson may wait for pods.
   * @default none
   */
  readonly outside?: Readonly<Record<SnapshotKind, readonly KubeObject[]>>;
  /** The proxies that hold a root other than istiod's present one. @default none */
  readonly oldRoots?: Roots["oldRoots"];
  /** The proxies that did not say which root they hold. @default none */
  readonly unknownRoots?: Roots["unknownRoots"];
  /** The command that restores what the seat is made of. */
  readonly repairCommand: string;
  /** The command that stops and starts the cluster, where this program knows one. */
  readonly restartCommand?: string;
}

/** A snapshot of a live seat. */
export type TakenSnapshot = Snapshot & Required<Pick<Snapshot, "inventory">>;

/** The mesh's own namespaces. A policy in the first applies to every namespace. */
export const ROOT_NAMESPACE = "istio-system";
export const INGRESS_NAMESPACE = ingressNamespace;

export interface SnapshotSource {
  readonly seat: Pick<Seat, "list"> & Partial<Pick<Seat, "get" | "fromWithin">>;
  /** As `exportStack` returns them. */
  readonly resources: Deployment["resources"];
  /** The namespaces of the stack's lessons. */
  readonly namespaces: readonly string[];
  readonly repairCommand: string;
  /** @default the cluster is somebody's */
  readonly restartCommand?: string;
}

/** The seat, with questions that are asked twice where the API server was silent. */
function patient(seat: SnapshotSource["seat"]): SnapshotSource["seat"] {
  return {
    list: (...asked) => askedTwice(() => seat.list(...asked)),
    ...(seat.get && { get: (path: string) => askedTwice(() => seat.get!(path)) }),
    ...(seat.fromWithin && { fromWithin: seat.fromWithin.bind(seat) }),
  };
}

/** Reads everything that the rules may need, and changes nothing. A list that fails leaves the others as they are. */
export async function takeSnapshot({
  seat: asked,
  resources,
  namespaces,
  repairCommand,
  restartCommand,
}: SnapshotSource): Promise<TakenSnapshot> {
  const seat = patient(asked);
  const seen = new Set([...namespaces, ROOT_NAMESPACE, INGRESS_NAMESPACE]);
  const names = Object.keys(kinds) as SnapshotKind[];
  const answers = await Promise.allSettled(names.map((kind) => seat.list(kinds[kind].path, kinds[kind].query)));
  const notAsked = answers.flatMap((answer, index) =>
    answer.status === "fulfilled" ? [] : [{ kind: names[index]!, why: messageOf(answer.reason) }],
  );
  // Without any answer there is no seat to speak of.
  if (notAsked.length === names.length) throw (answers[0] as PromiseRejectedResult).reason;
  const lists = new Map(
    names.map((kind, index) => {
      const answer = answers[index]!;
      return [kind, answer.status === "fulfilled" ? answer.value.map((object) => named(object, kind)) : []] as const;
    }),
  );
  const listed = new Map(
    names
      .filter((kind) => !notAsked.some((one) => one.kind === kind))
      .map((kind) => {
        const { group, kind: name, path, clusterWide: isWide } = kinds[kind];
        return [`${group}/${name}`, { path, namespaced: isWide !== true, objects: lists.get(kind)! }] as const;
      }),
  );
  const inventory = await readInventory({ seat, resources, listed });
  const of = (isIn: (object: KubeObject) => boolean) =>
    Object.fromEntries(names.map((kind) => [kind, lists.get(kind)!.filter(isIn)])) as unknown as Snapshot["live"];
  const made = inventory.entries.flatMap(({ owner, made }) => (owner.by === "pulumi" ? [made] : []));
  const isOf = (kind: SnapshotKind) => (object: KubeObject) =>
    object.kind === kinds[kind].kind &&
    groupOf(object) === kinds[kind].group &&
    (kind !== "Secret" || object.type === "kubernetes.io/tls");
  const live = of((object) => isSeen(object, seen));
  return {
    namespaces,
    outside: of((object) => !isSeen(object, seen)),
    live,
    made: Object.fromEntries(
      names.map((kind) => [kind, made.filter((object) => isOf(kind)(object) && isSeen(object, seen))]),
    ) as unknown as Snapshot["made"],
    inventory,
    ...(await readRoots(
      seat,
      lists.get("Pod")!.filter((pod) => isSeen(pod, seen)),
    )),
    notAsked,
    repairCommand,
    ...(restartCommand !== undefined && { restartCommand }),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The API path of a live object of the kind. */
export function pathOf(kind: SnapshotKind, { metadata: { namespace, name } }: KubeObject): string {
  return within(kinds[kind].path, namespace, name);
}

/** Adds the kind, which list items lack. Drops a Secret's content. */
function named(object: KubeObject, kind: SnapshotKind): KubeObject {
  const { group, version, kind: name } = kinds[kind];
  const { data, ...rest } = object;
  return {
    apiVersion: group ? `${group}/${version}` : version,
    kind: name,
    ...(kind === "Secret" ? rest : { ...rest, ...(data !== undefined && { data }) }),
  };
}

function isSeen(object: KubeObject, namespaces: ReadonlySet<string>): boolean {
  const namespace = textAt(object, "metadata", "namespace");
  const name = textAt(object, "metadata", "name") ?? "";
  return namespace === undefined ? object.kind !== "Namespace" || namespaces.has(name) : namespaces.has(namespace);
}

/** A namespace, and services and apps of it. None means the whole namespace. */
export interface Place {
  readonly namespace: string;
  readonly services: readonly string[];
}

/**
 * How a cause relates to one failed check. `proven`: what was seen shows it. `unlikely`: what was seen speaks against
 * it. `impossible`: it cannot have this effect.
 */
export type Relation = "proven" | "possible" | "unlikely" | "impossible";

/** What a rule found on the seat: a hint, and which checks it may explain. */
export interface RuleFinding extends Hint {
  /** The namespace that it affects; undefined where it affects every namespace. */
  readonly namespace?: string;
  /** The affected services and apps; empty: the whole namespace. */
  readonly services: readonly string[];
  /** The places that it affects, where they are several. They replace `namespace` and `services`. */
  readonly places?: readonly Place[];
  /** Compares the cause with what was seen of a failed check. @default possible */
  readonly relation?: (failure: Failure) => Relation;
  /** It follows from another cause, which is told instead where there is one. */
  readonly effect?: true;
  /** What it breaks, the most certain first; empty: it may break anything. */
  readonly aspects: readonly Aspect[];
  /** It only says that something differs, not the effect. Any other finding is better. */
  readonly generic?: boolean;
  /** The whole mesh stands on it: what else is found may follow from it. */
  readonly first?: boolean;
}

/** Looks for one cause. A pure function of the snapshot; a healthy one gives no findings. */
export type Rule = (snapshot: Snapshot) => RuleFinding[];

/** The parts of a failed check that decide which finding explains it. */
export type FailedCheck = Pick<About, "namespace" | "beyond" | "services" | "aspects">;
