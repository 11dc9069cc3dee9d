import { withoutUnset } from "../../config-value";
import { amount, ApiError, type Amount, type Api } from "../../../kube";
import { inventory, METADATA, type ClusterInventory } from "./inventory";
import { readMarker, type Marker } from "./marker";
import { missingRights } from "./rights";

/** What a cluster contains, as far as it matters to a seat. */
export interface Survey {
  /** The uid of namespace kube-system. It identifies the cluster for as long as the cluster lives. */
  readonly uid: string;
  readonly version: { readonly major: number; readonly minor: number; readonly text: string };
  readonly missingRights: readonly string[];
  readonly nodes: readonly SurveyedNode[];
  /** Requests of all pods that run or wait for a node. */
  readonly pods: readonly (Amount & { readonly namespace: string })[];
  readonly services: readonly SurveyedService[];
  /** Objects of Istio and the Gateway API, CRDs included. */
  readonly inventory: ClusterInventory;
  /** Marker of the seat that is in the cluster, or that was left in it. */
  readonly marker?: Marker;
  /** Deployments of istiod, as `namespace/name`. */
  readonly controlPlanes: readonly string[];
  readonly namespaces: readonly string[];
}

export interface SurveyedNode extends Amount {
  readonly name: string;
  readonly internal: readonly string[];
  readonly external: readonly string[];
  /** Ready, and without a cordon or taint that keeps pods away. */
  readonly usable: boolean;
  /** As the kubelet reports it: amd64, arm64. */
  readonly architecture?: string;
  /** Id by which the infrastructure knows the node; its scheme names the provider: kind://docker/kind/kind-worker. */
  readonly providerId?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface SurveyedService {
  /** `namespace/name`. */
  readonly id: string;
  readonly type: string;
  readonly ports: readonly number[];
  readonly nodePorts: readonly number[];
  /** Addresses that a load balancer assigned. */
  readonly addresses: readonly string[];
}

interface Meta {
  name: string;
  namespace?: string;
  uid?: string;
}

/**
 * Surveys the cluster. Where rights are missing, the result holds only these and the version. @throws ApiError,
 * Unreachable
 */
export async function survey(api: Api, gatewayApi: boolean): Promise<Survey> {
  const [version, missing] = await Promise.all([versionOf(api), missingRights(api, gatewayApi)]);
  if (missing.length > 0) {
    return {
      uid: "",
      version,
      missingRights: missing,
      nodes: [],
      pods: [],
      services: [],
      inventory: { things: [], listed: [] },
      controlPlanes: [],
      namespaces: [],
    };
  }
  const list = <T>(path: string, accept?: string) => api.list<T>(path, { accept });
  const [nodes, pods, services, found, marker, deployments, namespaces] = await Promise.all([
    list<Node>("/api/v1/nodes"),
    list<Pod>("/api/v1/pods"),
    list<Service>("/api/v1/services"),
    inventory(api),
    readMarker(api),
    list<{ metadata: Meta }>("/apis/apps/v1/deployments?labelSelector=app%3Distiod", METADATA),
    list<{ metadata: Meta }>("/api/v1/namespaces", METADATA),
  ]);
  const uid = namespaces.find(({ metadata }) => metadata.name === "kube-system")?.metadata.uid;
  // The uid is required: it identifies the cluster for the whole life of the seat.
  if (!uid) throw new ApiError(200, "what answers is not an API server: namespace kube-system has no uid");
  return {
    uid,
    version,
    missingRights: missing,
    nodes: nodes.map(surveyedNode),
    pods: pods.filter(({ status }) => status?.phase !== "Succeeded" && status?.phase !== "Failed").map(requestsOf),
    services: services.map(surveyedService),
    inventory: found,
    ...(marker && { marker }),
    controlPlanes: deployments.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
    namespaces: namespaces.map(({ metadata }) => metadata.name),
  };
}

async function versionOf(api: Api): Promise<Survey["version"]> {
  const { major, minor, gitVersion } = await api.get<{ major: string; minor: string; gitVersion: string }>("/version");
  return { major: parseInt(major, 10), minor: parseInt(minor, 10), text: gitVersion.replace(/^v/, "") };
}

interface Node {
  metadata: Meta & { labels?: Record<string, string> };
  spec?: { providerID?: string; unschedulable?: boolean; taints?: { effect: string }[] };
  status?: {
    addresses?: { type: string; address: string }[];
    allocatable?: Record<string, string>;
    conditions?: { type: string; status: string }[];
    nodeInfo?: { architecture?: string };
  };
}

function surveyedNode({ metadata, spec, status }: Node): SurveyedNode {
  const addresses = (type: string) =>
    (status?.addresses ?? []).filter((address) => address.type === type).map(({ address }) => address);
  const ready =
    status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") ?? false;
  const closed =
    spec?.unschedulable || spec?.taints?.some(({ effect }) => effect === "NoSchedule" || effect === "NoExecute");
  return {
    name: metadata.name,
    internal: addresses("InternalIP"),
    external: addresses("ExternalIP"),
    usable: ready && !closed,
    ...withoutUnset({
      architecture: status?.nodeInfo?.architecture,
      providerId: spec?.providerID,
      labels: metadata.labels,
    }),
    ...amount(status?.allocatable),
  };
}

interface Container {
  restartPolicy?: string;
  resources?: { requests?: Record<string, string> };
}
interface Pod {
  metadata: Meta;
  spec: { containers: Container[]; initContainers?: Container[] };
  status?: { phase?: string };
}

/**
 * Sums a pod's requests. Of the init containers only sidecars count, since the others have ended by the time the pod
 * runs.
 */
function requestsOf({ metadata, spec }: Pod): Amount & { namespace: string } {
  const running = [
    ...spec.containers,
    ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always"),
  ];
  const amounts = running.map(({ resources }) => amount(resources?.requests));
  return { namespace: metadata.namespace ?? "", cpu: sum(amounts, "cpu"), memory: sum(amounts, "memory") };
}

function sum(amounts: readonly Amount[], key: keyof Amount): number {
  return amounts.reduce((total, each) => total + each[key], 0);
}

interface Service {
  metadata: Meta;
  spec: { type?: string; ports?: { port: number; nodePort?: number }[]; healthCheckNodePort?: number };
  status?: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } };
}

function surveyedService({ metadata, spec, status }: Service): SurveyedService {
  const ports = spec.ports ?? [];
  return {
    id: `${metadata.namespace}/${metadata.name}`,
    type: spec.type ?? "ClusterIP",
    ports: ports.map(({ port }) => port),
    nodePorts: [...ports.map(({ nodePort }) => nodePort), spec.healthCheckNodePort].filter(
      (port) => port !== undefined && port > 0,
    ) as number[],
    addresses: (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? "").filter(Boolean),
  };
}
