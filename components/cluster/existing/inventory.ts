import { ApiError, idOf, type Api } from "../../../kube";
import { gatewayName, ingressNamespace } from "../../mesh/gateway";
import { systemNamespace } from "../../mesh/system-namespace";

/**
 * A cluster-wide or generated object of Istio or the Gateway API, namespaces aside. A Helm release may leave it
 * behind; some are created by istiod.
 */
export interface Thing {
  readonly kind: ClusterKind;
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  /** Creation time by the API server's clock, such as `2026-11-28T18:00:00Z`. */
  readonly created?: string;
  /** The Helm release that owns it, as `namespace/name`. */
  readonly release?: string;
  /** Whether istiod created it, and not a chart. */
  readonly istiods: boolean;
}

/** The things of a cluster. */
export interface ClusterInventory {
  readonly things: readonly Thing[];
  /** The kinds that could be listed. Nothing is known about any other kind. */
  readonly listed: readonly ClusterKind[];
}

interface Meta {
  name: string;
  namespace?: string;
  uid: string;
  creationTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  managedFields?: { manager?: string; subresource?: string }[];
}

/**
 * Requests lists of metadata only: https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches
 */
export const METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
/** The seat's Helm releases, as Helm's annotations name them on each object (istio.ts). */
export const releases = {
  base: `${systemNamespace}/istio-base`,
  istiod: `${systemNamespace}/istiod`,
  gatewayApi: `${systemNamespace}/gateway-api`,
  gateway: `${ingressNamespace}/${gatewayName}`,
};
export const GATEWAY_API = "gateway.networking.k8s.io";

const group = (name: string) => name.slice(name.indexOf(".") + 1);
/**
 * Recognises an object by the labels and names of Istio's charts: `istiod-clusterrole-istio-system`,
 * `istio-validator-istio-system`.
 */
const isOfCharts = ({ name, labels = {} }: Meta) =>
  labels["app.kubernetes.io/part-of"] === "istio" ||
  ["istiod", "istio-reader", "sidecar-injector"].includes(labels.app ?? "") ||
  /^(istiod|istio-(reader|sidecar-injector|validator|revision-tag|cni))\b|\.istio\.io$/.test(name);

/**
 * Per kind: where it is listed, and which objects belong to Istio or the Gateway API. `optional`: the kubeconfig's
 * user may lack the right to list it.
 */
const kinds = {
  CustomResourceDefinition: {
    path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    isMeant: ({ name }: Meta) => group(name) === GATEWAY_API || isIstios(group(name)),
  },
  ClusterRole: { path: "/apis/rbac.authorization.k8s.io/v1/clusterroles", isMeant: isOfCharts },
  ClusterRoleBinding: { path: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", isMeant: isOfCharts },
  MutatingWebhookConfiguration: {
    path: "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
    isMeant: isOfCharts,
  },
  ValidatingWebhookConfiguration: {
    path: "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
    isMeant: isOfCharts,
  },
  ValidatingAdmissionPolicy: {
    path: "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
    isMeant: isPolicy,
    optional: true,
  },
  ValidatingAdmissionPolicyBinding: {
    path: "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings",
    isMeant: isPolicy,
    optional: true,
  },
  // istiod creates them wherever the Gateway API's CRDs are installed, no matter by whom.
  GatewayClass: { path: `/apis/${GATEWAY_API}/v1/gatewayclasses`, isMeant: isIstiods, optional: true },
  // istiod creates them in every namespace.
  ConfigMap: {
    path: "/api/v1/configmaps",
    selector: "istio.io/config=true",
    isMeant: ({ name }: Meta) => ["istio-ca-root-cert", "istio-ca-crl"].includes(name),
  },
} as const satisfies Record<
  string,
  { path: string; isMeant: (meta: Meta) => boolean; selector?: string; optional?: boolean }
>;

export type ClusterKind = keyof typeof kinds;
/** Kinds whose objects are all created by istiod, and none by a chart. */
const istiods: readonly ClusterKind[] = ["ConfigMap", "GatewayClass"];

/** Whether an object's name alone shows that it is Istio's. An installation without Helm leaves none of its labels. */
export function isKnownByName(kind: ClusterKind, name: string): boolean {
  return kinds[kind].isMeant({ name, uid: "" });
}

/** @throws ApiError, Unreachable */
export async function inventory(api: Api): Promise<ClusterInventory> {
  const found = await Promise.all(
    (Object.keys(kinds) as ClusterKind[]).map(async (kind) => ({ kind, things: await thingsOf(api, kind) })),
  );
  return {
    things: found.flatMap(({ things = [] }) => things),
    listed: found.filter(({ things }) => things !== undefined).map(({ kind }) => kind),
  };
}

/** Returns undefined where the user may not list the kind. */
export async function thingsOf(api: Api, kind: ClusterKind): Promise<Thing[] | undefined> {
  const {
    path,
    isMeant,
    selector,
    optional = false,
  }: { path: string; isMeant: (meta: Meta) => boolean; selector?: string; optional?: boolean } = kinds[kind];
  try {
    const all = await api.list<{ metadata: Meta }>(
      selector === undefined ? path : `${path}?labelSelector=${encodeURIComponent(selector)}`,
      { accept: METADATA },
    );
    return all.filter(({ metadata }) => isMeant(metadata)).map(({ metadata }) => thing(kind, metadata));
  } catch (error) {
    if (!optional || !(error instanceof ApiError)) throw error;
    // The API server does not know this kind, so no objects of it exist.
    if (error.code === 404) return [];
    if (error.code === 403) return undefined;
    throw error;
  }
}

function thing(kind: ClusterKind, { name, namespace, uid, creationTimestamp: created, annotations = {} }: Meta): Thing {
  const [release, of] = [annotations["meta.helm.sh/release-name"], annotations["meta.helm.sh/release-namespace"]];
  return {
    kind,
    name,
    uid,
    istiods: istiods.includes(kind),
    ...(created && { created }),
    ...(namespace && { namespace }),
    ...(release !== undefined && { release: `${of}/${release}` }),
  };
}

export function isIstios(group: string): boolean {
  return /(^|\.)istio\.io$/.test(group);
}

function isPolicy(meta: Meta): boolean {
  return isOfCharts(meta) || meta.name.endsWith(`.${GATEWAY_API}`);
}

/** Whether istiod alone has written the object. The field manager `pilot-discovery` identifies it. */
function isIstiods({ managedFields = [] }: Meta): boolean {
  return managedFields.length > 0 && managedFields.every(({ manager }) => manager === "pilot-discovery");
}

/** Returns the object's path on the API server. */
export function pathOf({ kind, name, namespace }: Thing): string {
  const { path } = kinds[kind];
  return `${namespace === undefined ? path : path.replace("/api/v1", `/api/v1/namespaces/${namespace}`)}/${name}`;
}

/** `ClusterRole istiod-clusterrole-istio-system`. */
export function nameOf({ kind, name, namespace }: Thing): string {
  return `${kind} ${idOf({ namespace, name })}`;
}

/** Returns the kubectl commands that delete these objects: one for the cluster-wide ones, and one per namespace. */
export function deleteCommands(things: readonly Thing[]): string[] {
  const places = [...new Set(things.map(({ namespace }) => namespace))];
  return places.map((place) => {
    const named = things
      .filter(({ namespace }) => namespace === place)
      .map(({ kind, name }) => `${kind.toLowerCase()}/${name}`);
    return `kubectl delete ${place === undefined ? "" : `-n ${place} `}${named.join(" ")}`;
  });
}
