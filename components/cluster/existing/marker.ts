import { ApiError, type Api } from "../../../kube";
import type { Inventory, Kind } from "./inventory";

/** Whose seat is in the cluster. */
export interface Owner {
  /** Drawn once for each stack: two trainers may both have a stack `shared`. */
  readonly seat: string;
  readonly stack: string;
  readonly project: string;
}

/** Kind → uids of what was there before the seat. Of a kind that it does not name nothing is known. */
export type Record = { readonly [kind in Kind]?: readonly string[] };

/** What a seat's guard has left in the cluster, before anything else was made there. */
export interface Marker extends Owner {
  readonly uid: string;
  /** When it was left, by the cluster's clock: nothing of the seat is older. */
  readonly since?: string;
  /** Undefined where the seat is older than the marker. */
  readonly record?: Record;
}

/** One name for every seat: a cluster has room for one Istio, and the API server lets only one of two stacks make it. */
export const MARKER = { namespace: "kube-system", name: "istio-lab" };
const COLLECTION = `/api/v1/namespaces/${MARKER.namespace}/configmaps`;
const PATH = `${COLLECTION}/${MARKER.name}`;

interface ConfigMap {
  metadata: { uid: string; creationTimestamp?: string };
  data?: { [key: string]: string };
}

/** What was there before the seat: of each kind all that it may ever be asked for. */
export function recordOf({ things, listed }: Inventory): Record {
  return Object.fromEntries(
    listed.map((kind) => [kind, things.filter((thing) => thing.kind === kind).map(({ uid }) => uid)]),
  );
}

/** The marker of the seat that is in the cluster; undefined while there is none. @throws ApiError, Unreachable */
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
 * Marks the cluster as the owner's. Where its marker is there already, from a run that was killed, that one counts with its old record: by now the cluster may
 * have what that run has made.
 * @throws Error where it has the seat of another
 */
export async function leaveMarker(api: Api, owner: Owner, record: Record | undefined): Promise<void> {
  const body = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { ...MARKER, labels: { "app.kubernetes.io/managed-by": "istio-lab" } },
    // What was there before cannot change any more.
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

/** @param marker the very one that was read; one that another has made since stays */
export async function removeMarker(api: Api, { uid }: Marker): Promise<void> {
  await removeIfSame(api, PATH, uid);
}

/** `the seat of stack shared of project istio-lab (ConfigMap kube-system/istio-lab, seat 1f…)`. */
export function seatOf({ stack, project, seat }: Owner): string {
  return `the seat of stack ${stack} of project ${project} (ConfigMap ${MARKER.namespace}/${MARKER.name}, seat ${seat})`;
}

/** Deletes the object with this uid, and no other of its name. @returns whether there was such a one */
export async function removeIfSame(api: Api, path: string, uid: string): Promise<boolean> {
  try {
    await api.request("DELETE", path, { body: { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid } } });
    return true;
  } catch (error) {
    if (error instanceof ApiError && (error.code === 404 || error.code === 409)) return false;
    throw error;
  }
}
