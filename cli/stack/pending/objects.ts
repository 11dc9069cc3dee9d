import {
  type Api,
  idOf,
  manifestObjects,
  type RecordSecret,
  recordsOf,
  revisionOf,
  titleOf,
  unlessMissing,
  unpack,
  versionPath,
  type WholeObject,
} from "../../../kube";
import { isOutgoing, type Deployment, type PendingOperation, type StateResource } from "../stack";

/** Input of the recovery: the cluster of the operations, and the state with readable secrets. */
export interface Recovery {
  readonly api: Api;
  readonly state: Deployment;
  /**
   * When the seat came into an existing cluster. Undefined where that is unknown, or where the cluster is the stack's
   * own.
   */
  readonly since?: string;
}

/** The plan for one open operation. Nothing is carried out before all plans are known. */
export interface OperationPlan {
  /**
   * What was found and what is done with it, as `Deployment default/details-v1: exists, and is now in the state`.
   * Undefined where the engine needs no help.
   */
  readonly text?: string;
  /** Objects to delete in the cluster, in this order. */
  readonly deletes?: readonly { readonly path: string; readonly uid: string; readonly title: string }[];
  /** The resource to add to the state. */
  readonly adopted?: StateResource;
  /** URN of a resource that the state has and the cluster has lost. It is dropped from the state. */
  readonly lost?: string;
  /** The run cannot start; the text says why. */
  readonly refused?: true;
}

/**
 * Whether the state already has the resource that the operation was to create. A run recorded it, but Pulumi keeps
 * such an operation for ever.
 */
export function isSettled({ type, resource }: PendingOperation, { resources }: Deployment): boolean {
  if (type !== "creating") return false;
  // A release has its name among its inputs; an object has it in its metadata.
  const { name, namespace } = (resource.inputs?.metadata ?? resource.inputs ?? {}) as {
    name?: string;
    namespace?: string;
  };
  const id = idOf({ namespace, name });
  return resources.some((known) => known.urn === resource.urn && known.id === id && !isOutgoing(known));
}

/**
 * The API path of an object. Undefined where the cluster has no such kind and therefore no such object.
 *
 * @param fallback the namespace of a namespaced object that names none
 * @throws Error where the object cannot be identified, because it has no name or no namespace; ApiError, Unreachable
 */
async function pathOf(
  api: Api,
  { apiVersion, kind, metadata }: WholeObject,
  fallback?: string,
): Promise<string | undefined> {
  if (!metadata?.name) throw new Error(`the state has no name for this ${kind}`);
  const group = versionPath(apiVersion);
  const kinds = await unlessMissing(
    api.get<{ resources: { name: string; kind: string; namespaced: boolean }[] }>(group),
  );
  const resource = kinds?.resources.find((candidate) => candidate.kind === kind && !candidate.name.includes("/"));
  if (resource === undefined) return undefined;
  if (!resource.namespaced) return `${group}/${resource.name}/${metadata.name}`;
  const namespace = metadata.namespace ?? fallback;
  if (!namespace) throw new Error(`the state has no namespace for ${titleOf({ kind, metadata })}`);
  return `${group}/namespaces/${namespace}/${resource.name}/${metadata.name}`;
}

/**
 * The object as it is in the cluster. Undefined only where the cluster says that it does not exist.
 * @throws as `pathOf`
 */
export async function liveObject(
  api: Api,
  wanted: WholeObject,
  fallback?: string,
): Promise<{ path: string; live: WholeObject } | undefined> {
  const path = await pathOf(api, wanted, fallback);
  const live = path && (await unlessMissing(api.get<WholeObject>(path)));
  return live ? { path: path, live } : undefined;
}

/**
 * Whether Pulumi's Kubernetes plugin created the object. Its create is a plain POST under this name; its updates are
 * applied under a longer one (test/engine/provider/recordings). A create cannot succeed for an object that already
 * exists.
 *
 * @param since when the seat came into the cluster; undefined where that is unknown
 */
export function madeByPulumi(
  { metadata: { managedFields = [], creationTimestamp = "" } }: WholeObject,
  since: string | undefined,
): boolean {
  // An older object may come from another Pulumi program.
  if (since !== undefined && !(Date.parse(creationTimestamp) >= Date.parse(since))) return false;
  // The API server records no writer of an object that has only a name, such as a ServiceAccount. If it is newer than
  // the seat, the run was making it.
  if (managedFields.length === 0) return since !== undefined;
  return managedFields.some(
    ({ manager, operation, subresource }) => manager === "pulumi-kubernetes" && operation === "Update" && !subresource,
  );
}

/** The field managers that wrote the object, for a message. */
export function writersOf({ metadata: { managedFields = [] } }: WholeObject): string {
  const managers = [
    ...new Set(managedFields.filter(({ subresource }) => !subresource).map(({ manager }) => manager ?? "unknown")),
  ];
  return managers.length > 0 ? managers.join(", ") : "unknown";
}

/**
 * Deletes exactly this object, and none that has taken its name meanwhile. An object that is already gone is not an error.
 */
export async function deleteObject(api: Api, path: string, uid: string): Promise<void> {
  const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Foreground", preconditions: { uid } };
  await unlessMissing(api.request("DELETE", path, { body }));
}

export const RELEASE = "kubernetes:helm.sh/v3:Release";

/** A Helm release as a pending operation names it. */
interface PendingRelease {
  name: string;
  namespace: string;
}

/** @throws Error where the state does not say which release it is */
export function releaseOf({ inputs }: StateResource): PendingRelease {
  const { name, namespace } = (inputs ?? {}) as Partial<PendingRelease>;
  if (typeof name !== "string" || typeof namespace !== "string" || !name || !namespace)
    throw new Error("the state has neither name nor namespace for the release");
  return { name, namespace };
}

/** Helm's records of a release, newest first. Empty where the namespace does not exist. */
export async function recordSecrets(api: Api, { name, namespace }: PendingRelease): Promise<RecordSecret[]> {
  const path = `/api/v1/namespaces/${namespace}/secrets?labelSelector=${encodeURIComponent(recordsOf(name))}`;
  const { items } = (await unlessMissing(api.get<{ items: RecordSecret[] | null }>(path))) ?? { items: [] };
  return (items ?? []).sort((a, b) => revisionOf(b) - revisionOf(a));
}

function secretPath({ namespace }: PendingRelease, { metadata }: RecordSecret): string {
  return `/api/v1/namespaces/${namespace}/secrets/${metadata.name}`;
}

export function recordDeletes(
  release: PendingRelease,
  secrets: readonly RecordSecret[],
): NonNullable<OperationPlan["deletes"]> {
  return secrets.map((secret) => ({
    path: secretPath(release, secret),
    uid: secret.metadata.uid!,
    title: `Secret ${release.namespace}/${secret.metadata.name}`,
  }));
}

export function statusOf({ metadata }: RecordSecret): string {
  return metadata.labels?.status ?? "unknown";
}

/**
 * When this stack made the release's namespace. A release counts as the stack's own if its namespace is in the state
 * and is still the same object (uid).
 * @throws Error where it is not
 */
export async function ownNamespaceSince(
  api: Api,
  { resources }: Deployment,
  { namespace }: PendingRelease,
): Promise<string | undefined> {
  const live = await unlessMissing(api.get<WholeObject>(`/api/v1/namespaces/${namespace}`));
  if (live === undefined) return undefined;
  const known = resources.find(
    ({ type, outputs }) =>
      type === "kubernetes:core/v1:Namespace" &&
      (outputs?.metadata as WholeObject["metadata"] | undefined)?.name === namespace,
  );
  const { uid } = (known?.outputs?.metadata ?? {}) as WholeObject["metadata"];
  if (uid === undefined || uid !== live.metadata.uid)
    throw new Error(`namespace ${namespace} is not the one that this stack made`);
  return live.metadata.creationTimestamp;
}

/** What a killed run has made of a release in the cluster, and what must stay. */
interface Remains {
  /** Objects to delete, with the path of each. */
  own: { path: string; live: WholeObject }[];
  /** Objects with these names that belong to others, as `ClusterRole istio-reader`. */
  foreign: string[];
}

/**
 * The existing objects of a release, according to the manifest in its records. An object is the release's own if
 * Helm's annotations say so and it is not older than the stack's namespace.
 * Objects that the chart marks to be kept (Istio's kinds) are deleted with the guard.
 * @throws ApiError, Unreachable
 */
export async function remainsOf(
  api: Api,
  release: PendingRelease,
  since: string,
  objects: readonly WholeObject[],
): Promise<Remains> {
  const remains: Remains = { own: [], foreign: [] };
  for (const object of objects) {
    const there = await liveObject(api, object, release.namespace);
    if (there === undefined) continue;
    const { annotations = {}, creationTimestamp = "" } = there.live.metadata;
    if (annotations["helm.sh/resource-policy"] === "keep") continue;
    const isIts =
      annotations["meta.helm.sh/release-name"] === release.name &&
      annotations["meta.helm.sh/release-namespace"] === release.namespace;
    if (isIts && Date.parse(creationTimestamp) >= Date.parse(since)) remains.own.push(there);
    else remains.foreign.push(titleOf(there.live));
  }
  // Delete webhooks first: without the server behind them they would refuse later requests. Delete the rest in reverse
  // order of creation, as Helm does.
  const isWebhook = ({ live }: Remains["own"][number]) => /WebhookConfiguration$/.test(live.kind);
  remains.own = [...remains.own.filter(isWebhook), ...remains.own.filter((there) => !isWebhook(there)).reverse()];
  return remains;
}

/** The objects of these records, each once. */
export function objectsOf(secrets: readonly RecordSecret[]): WholeObject[] {
  const all = secrets.flatMap((secret) => manifestObjects(unpack(secret).manifest ?? ""));
  return [...new Map(all.map((object) => [`${object.apiVersion} ${titleOf(object)}`, object])).values()];
}
