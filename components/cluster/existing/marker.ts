import { ApiError, type Api } from "../../../kube";
import type { ClusterInventory, ClusterKind } from "./inventory";

/** Whose seat is in the cluster. */
export interface ClusterOwner {
  /** A random id, unique per stack: two trainers may both have a stack `shared`. */
  readonly seat: string;
  readonly stack: string;
  readonly project: string;
}

/** Maps each kind to the uids that existed before the seat. Nothing is known about a kind that is missing here. */
export type Record = { readonly [kind in ClusterKind]?: readonly string[] };

/** The ConfigMap that a seat's guard creates in the cluster before anything else. */
export interface Marker extends ClusterOwner {
  readonly uid: string;
  /** Creation time by the cluster's clock. Nothing of the seat is older. */
  readonly since?: string;
  /** Undefined where the seat is older than the marker. */
  readonly record?: Record;
}

/**
 * All seats use the same name, because a cluster has room for one Istio only. Of two stacks, the API server lets only
 * one create it.
 */
export const MARKER = { namespace: "kube-system", name: "istio-lab" };
const COLLECTION = `/api/v1/namespaces/${MARKER.namespace}/configmaps`;
const PATH = `${COLLECTION}/${MARKER.name}`;

interface ConfigMap {
  metadata: { uid: string; creationTimestamp?: string };
  data?: { [key: string]: string };
}

/** Records the uids of all inventoried objects that existed before the seat. */
export function recordOf({ things, listed }: ClusterInventory): Record {
  return Object.fromEntries(
    listed.map((kind) => [kind, things.filter((thing) => thing.kind === kind).map(({ uid }) => uid)]),
  );
}

/**
 * Reads the marker of the seat that is in the cluster. Returns undefined where there is none. @throws ApiError,
 * Unreachable
 */
export async function readMarker(api: Api): Promise<Marker | undefined> {
  try {
    const { metadata, data = {} } = await api.get<ConfigMap>(PATH);
    const { seat = "", stack = "", project = "", record } = data;
    const { uid, creationTimestamp: since } = metadata;
    return {
      uid,
      seat,
      stack,
      project,
      ...(since !== undefined && { since }),
      ...(record !== undefined && { record: JSON.parse(record) as Record }),
    };
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}

/**
 * Marks the cluster as the owner's. A marker that a killed run of the same seat left is kept with its old record. The
 * cluster may already hold objects that this run created.
 * @throws Error where the cluster has another seat
 */
export async function leaveMarker(api: Api, owner: ClusterOwner, record: Record | undefined): Promise<void> {
  const body = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { ...MARKER, labels: { "app.kubernetes.io/managed-by": "istio-lab" } },
    // The record of what existed before never changes.
    immutable: true,
    data: {
      seat: owner.seat,
      stack: owner.stack,
      project: owner.project,
      ...(record !== undefined && { record: JSON.stringify(record) }),
    },
  };
  try {
    await api.request("POST", COLLECTION, { body });
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 409)) throw error;
    const there = await readMarker(api);
    if (there?.seat !== owner.seat)
      throw new Error(`The cluster has ${there === undefined ? "a seat that is being taken down" : seatOf(there)}.`);
  }
}

/** @param marker the marker that was read. A marker that was created since then stays. */
export async function removeMarker(api: Api, { uid }: Marker): Promise<void> {
  await removeIfSame(api, PATH, uid);
}

/** `the seat of stack shared of project istio-lab (ConfigMap kube-system/istio-lab, seat 1f…)`. */
export function seatOf({ stack, project, seat }: ClusterOwner): string {
  return `the seat of stack ${stack} of project ${project} (ConfigMap ${MARKER.namespace}/${MARKER.name}, seat ${seat})`;
}

/** Deletes the object only if it has this uid. @returns whether it was deleted */
export async function removeIfSame(api: Api, path: string, uid: string): Promise<boolean> {
  try {
    await api.request("DELETE", path, { body: { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid } } });
    return true;
  } catch (error) {
    if (error instanceof ApiError && (error.code === 404 || error.code === 409)) return false;
    throw error;
  }
}
