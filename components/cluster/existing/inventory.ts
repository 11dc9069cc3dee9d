import { ApiError, idOf, type Api } from "../../../kube";
import { gatewayName, ingressNamespace } from "../../mesh/gateway";
import { systemNamespace } from "../../mesh/system-namespace";

/** What an Istio and the Gateway API have in a cluster besides their namespaces. A release may leave it behind, and istiod makes some of it by itself. */
export interface Thing {
  readonly kind: Kind;
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  /** By the API server's clock, as `2026-11-28T18:00:00Z`. */
  readonly created?: string;
  /** The Helm release it is of, as `namespace/name`. */
  readonly release?: string;
  /** istiod has made it, and no chart. */
  readonly istiods: boolean;
}

/** The things of a cluster. */
export interface Inventory {
  readonly things: readonly Thing[];
  /** Kinds that were listed; one of which nothing is known is not among them. */
  readonly listed: readonly Kind[];
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

/** Lists of nothing but metadata: https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches */
export const METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
/** Helm's releases of a seat, as each notes itself on what it makes (istio.ts). */
export const releases = {
  base: `${systemNamespace}/istio-base`,
  istiod: `${systemNamespace}/istiod`,
  gatewayApi: `${systemNamespace}/gateway-api`,
  gateway: `${ingressNamespace}/${gatewayName}`,
};
export const GATEWAY_API = "gateway.networking.k8s.io";

const group = (name: string) => name.slice(name.indexOf(".") + 1);
/** By the names and labels that Istio's charts give: `istiod-clusterrole-istio-system`, `istio-validator-istio-system`. */
const isOfCharts = ({ name, labels = {} }: Meta) =>
  labels["app.kubernetes.io/part-of"] === "istio" ||
  ["istiod", "istio-reader", "sidecar-injector"].includes(labels.app ?? "") ||
  /^(istiod|istio-(reader|sidecar-injector|validator|revision-tag|cni))\b|\.istio\.io$/.test(name);

/** Where a kind is listed, and which of its objects are Istio's or the Gateway API's. `optional`: a user of the cluster may be without the right to list them. */
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
  // istiod makes them where the Gateway API's kinds are, whoever brought those.
  GatewayClass: { path: `/apis/${GATEWAY_API}/v1/gatewayclasses`, isMeant: isIstiods, optional: true },
  // istiod makes them in every namespace.
  ConfigMap: {
    path: "/api/v1/configmaps",
    selector: "istio.io/config=true",
    isMeant: ({ name }: Meta) => ["istio-ca-root-cert", "istio-ca-crl"].includes(name),
  },
} as const satisfies Record<
  string,
  { path: string; isMeant: (meta: Meta) => boolean; selector?: string; optional?: boolean }
>;

export type Kind = keyof typeof kinds;
/** Kinds of which a chart makes none, and istiod each. */
const istiods: readonly Kind[] = ["ConfigMap", "GatewayClass"];

/** @throws ApiError, Unreachable */
export async function inventory(api: Api): Promise<Inventory> {
  const found = await Promise.all(
    (Object.keys(kinds) as Kind[]).map(async (kind) => ({ kind, things: await thingsOf(api, kind) })),
  );
  return {
    things: found.flatMap(({ things = [] }) => things),
    listed: found.filter(({ things }) => things !== undefined).map(({ kind }) => kind),
  };
}

/** Undefined where they may not be listed. */
export async function thingsOf(api: Api, kind: Kind): Promise<Thing[] | undefined> {
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
    // A kind that the API server does not know has no objects.
    if (error.code === 404) return [];
    if (error.code === 403) return undefined;
    throw error;
  }
}

function thing(kind: Kind, { name, namespace, uid, creationTimestamp: created, annotations = {} }: Meta): Thing {
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

/** What nobody but istiod has written, by the name under which it writes. */
function isIstiods({ managedFields = [] }: Meta): boolean {
  return managedFields.length > 0 && managedFields.every(({ manager }) => manager === "pilot-discovery");
}

/** Where the thing is on the API server. */
export function pathOf({ kind, name, namespace }: Thing): string {
  const { path } = kinds[kind];
  return `${namespace === undefined ? path : path.replace("/api/v1", `/api/v1/namespaces/${namespace}`)}/${name}`;
}

/** `ClusterRole istiod-clusterrole-istio-system`. */
export function nameOf({ kind, name, namespace }: Thing): string {
  return `${kind} ${idOf({ namespace, name })}`;
}

/** The commands that delete these things: one for what is the whole cluster's, and one for each namespace. */
export function deleteCommands(things: readonly Thing[]): string[] {
  const places = [...new Set(things.map(({ namespace }) => namespace))];
  return places.map((place) => {
    const named = things
      .filter(({ namespace }) => namespace === place)
      .map(({ kind, name }) => `${kind.toLowerCase()}/${name}`);
    return `kubectl delete ${place === undefined ? "" : `-n ${place} `}${named.join(" ")}`;
  });
}
