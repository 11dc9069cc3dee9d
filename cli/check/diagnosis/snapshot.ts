import { isMap } from "../../../base/values";
import type { About, Aspect } from "../../../components/lessons/checks/check";
import { ingressNamespace } from "../../../components/mesh/gateway";
import type { KubeObject } from "../../../kube";
import { textAt } from "../../seat/json";
import type { Seat } from "../../seat/seat";
import type { Deployment } from "../../stack/stack";
import type { Hint } from "../result";

/** The kinds of objects that a lesson's or addon's behavior depends on. */
const istioNetworking = { group: "networking.istio.io", version: "v1" } as const;
const istioSecurity = { group: "security.istio.io", version: "v1" } as const;
const gatewayApi = { group: "gateway.networking.k8s.io", version: "v1" } as const;
const rbac = { group: "rbac.authorization.k8s.io", version: "v1" } as const;
const core = { group: "", version: "v1" } as const;

interface KindEntry {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The API path of the collection over all namespaces. */
  readonly path: string;
  /** Limits the collection, as the API server takes it. */
  readonly query?: Record<string, string>;
}

export const kinds = {
  Namespace: entry(core, "Namespace", "namespaces"),
  Pod: entry(core, "Pod", "pods"),
  Service: entry(core, "Service", "services"),
  ServiceAccount: entry(core, "ServiceAccount", "serviceaccounts"),
  ConfigMap: entry(core, "ConfigMap", "configmaps"),
  PersistentVolumeClaim: entry(core, "PersistentVolumeClaim", "persistentvolumeclaims"),
  Event: entry(core, "Event", "events"),
  /** Certificates for the gateway; their content is dropped right after reading. */
  Secret: entry(core, "Secret", "secrets", { fieldSelector: "type=kubernetes.io/tls" }),
  Deployment: entry({ group: "apps", version: "v1" }, "Deployment", "deployments"),
  StatefulSet: entry({ group: "apps", version: "v1" }, "StatefulSet", "statefulsets"),
  ClusterRole: entry(rbac, "ClusterRole", "clusterroles"),
  ClusterRoleBinding: entry(rbac, "ClusterRoleBinding", "clusterrolebindings"),
  EndpointSlice: entry({ group: "discovery.k8s.io", version: "v1" }, "EndpointSlice", "endpointslices"),
  NetworkPolicy: entry({ group: "networking.k8s.io", version: "v1" }, "NetworkPolicy", "networkpolicies"),
  StorageClass: entry({ group: "storage.k8s.io", version: "v1" }, "StorageClass", "storageclasses"),
  PeerAuthentication: entry(istioSecurity, "PeerAuthentication", "peerauthentications"),
  AuthorizationPolicy: entry(istioSecurity, "AuthorizationPolicy", "authorizationpolicies"),
  RequestAuthentication: entry(istioSecurity, "RequestAuthentication", "requestauthentications"),
  VirtualService: entry(istioNetworking, "VirtualService", "virtualservices"),
  DestinationRule: entry(istioNetworking, "DestinationRule", "destinationrules"),
  Gateway: entry(istioNetworking, "Gateway", "gateways"),
  Sidecar: entry(istioNetworking, "Sidecar", "sidecars"),
  ServiceEntry: entry(istioNetworking, "ServiceEntry", "serviceentries"),
  EnvoyFilter: entry({ group: "networking.istio.io", version: "v1alpha3" }, "EnvoyFilter", "envoyfilters"),
  Telemetry: entry({ group: "telemetry.istio.io", version: "v1" }, "Telemetry", "telemetries"),
  HTTPRoute: entry(gatewayApi, "HTTPRoute", "httproutes"),
  /** The Gateway API's Gateway, in addition to Istio's. */
  GatewayApiGateway: entry(gatewayApi, "Gateway", "gateways"),
} as const satisfies Record<string, KindEntry>;

export type Kind = keyof typeof kinds;

function entry<K extends string>(
  { group, version }: { group: string; version: string },
  kind: K,
  plural: string,
  query?: Record<string, string>,
) {
  return { group, version, kind, path: `${group ? `/apis/${group}` : "/api"}/${version}/${plural}`, query };
}

/** The kind's name for kubectl, with its group where two kinds share the name. */
export function resourceName(kind: Kind): string {
  const { group, path } = kinds[kind];
  if (kind === "GatewayApiGateway" || kind === "Gateway") return `${path.slice(path.lastIndexOf("/") + 1)}.${group}`;
  return kinds[kind].kind.toLowerCase();
}

/** What the rules see: the objects of the lessons' namespaces and of the mesh, live and as Pulumi created them. */
export interface Snapshot {
  /** Namespaces of the stack's lessons. */
  readonly namespaces: readonly string[];
  /** Live objects; empty for a kind that the cluster does not know. */
  readonly live: Readonly<Record<Kind, readonly KubeObject[]>>;
  /** Pods of other namespaces, because a lesson may wait for the cluster's own pods. @default none */
  readonly elsewhere?: readonly KubeObject[];
  /** The inputs of each object, from the stack's state. */
  readonly made: Readonly<Record<Kind, readonly KubeObject[]>>;
  /** The command that reads the cluster into the state and restores the program's objects. */
  readonly mend: string;
}

/** The mesh's own namespaces. A policy in the first applies to every namespace. */
export const ROOT_NAMESPACE = "istio-system";
export const INGRESS_NAMESPACE = ingressNamespace;

export interface SnapshotSource {
  readonly seat: Pick<Seat, "list">;
  /** As `exportStack` returns them. */
  readonly resources: Deployment["resources"];
  /** The namespaces of the stack's lessons. */
  readonly namespaces: readonly string[];
  readonly mend: string;
}

/** Reads everything that the rules may need, and changes nothing. */
export async function takeSnapshot({ seat, resources, namespaces, mend }: SnapshotSource): Promise<Snapshot> {
  const seen = new Set([...namespaces, ROOT_NAMESPACE, INGRESS_NAMESPACE]);
  const names = Object.keys(kinds) as Kind[];
  const lists = await Promise.all(names.map((kind) => seat.list(kinds[kind].path, kinds[kind].query)));
  const live = names.map((kind, index) => [
    kind,
    lists[index]!.map((object) => named(object, kind)).filter((object) => isSeen(object, seen)),
  ]);
  const elsewhere = (lists[names.indexOf("Pod")] ?? [])
    .map((object) => named(object, "Pod"))
    .filter((object) => !isSeen(object, seen));
  return { namespaces, elsewhere, live: Object.fromEntries(live), made: originalObjects(resources, seen), mend };
}

/** The state's objects by kind, from the read namespaces: the program's inputs, with their names in the cluster. */
function originalObjects(resources: Deployment["resources"], namespaces: ReadonlySet<string>): Snapshot["made"] {
  const inputs = resources
    .filter((resource) => resource.type.startsWith("kubernetes:") && isMap(resource.inputs))
    .map((resource) => withName(resource.inputs as unknown as KubeObject, resource.id));
  const of = (kind: Kind) =>
    inputs.filter(
      (object) =>
        object.kind === kinds[kind].kind &&
        groupOf(object) === kinds[kind].group &&
        isSeen(object, namespaces) &&
        (kind !== "Secret" || object.type === "kubernetes.io/tls"),
    );
  return Object.fromEntries(
    (Object.keys(kinds) as Kind[]).map((kind) => [kind, of(kind)]),
  ) as unknown as Snapshot["made"];
}

function withName(inputs: KubeObject, id: string | undefined): KubeObject {
  const metadata = isMap(inputs.metadata) ? inputs.metadata : {};
  const [name, namespace] = (id ?? "").split("/").reverse();
  return {
    ...inputs,
    metadata: { ...(namespace && { namespace }), ...(name && { name }), ...metadata } as KubeObject["metadata"],
  };
}

/** Adds the kind, which list items lack. Drops a Secret's content. */
function named(object: KubeObject, kind: Kind): KubeObject {
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

function groupOf(object: KubeObject): string {
  const apiVersion = textAt(object, "apiVersion") ?? "";
  return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
}

/** What a rule found on the seat: a hint, and which checks it may explain. */
export interface Finding extends Hint {
  /** The namespace that it affects; undefined where it affects every namespace. */
  readonly namespace?: string;
  /** The affected services and apps; empty: the whole namespace. */
  readonly services: readonly string[];
  /** What it breaks, the most certain first; empty: it may break anything. */
  readonly aspects: readonly Aspect[];
  /** It only says that something differs, not the effect. Any other finding is better. */
  readonly generic?: boolean;
}

/** Looks for one cause. A pure function of the snapshot; a healthy one gives no findings. */
export type Rule = (snapshot: Snapshot) => Finding[];

/** The parts of a failed check that decide which finding explains it. */
export type FailedCheck = Pick<About, "namespace" | "beyond" | "services" | "aspects">;
