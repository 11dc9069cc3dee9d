import { titleOf, unlessMissing, versionPath, type Api, type WholeObject } from "../../../kube";

/**
 * Where an object is asked for; undefined where the cluster has no such kind, and so no such object.
 * @param fallback the namespace of an object that names none, of a kind that has one
 * @throws Error where the object cannot be told from others: without a name, or without a namespace; ApiError, Unreachable
 */
export async function pathOf(
  api: Api,
  { apiVersion, kind, metadata }: WholeObject,
  fallback?: string,
): Promise<string | undefined> {
  if (!metadata?.name) throw new Error(`the state gives no name of this ${kind}`);
  const group = versionPath(apiVersion);
  const kinds = await unlessMissing(
    api.get<{ resources: { name: string; kind: string; namespaced: boolean }[] }>(group),
  );
  const resource = kinds?.resources.find((candidate) => candidate.kind === kind && !candidate.name.includes("/"));
  if (resource === undefined) return undefined;
  if (!resource.namespaced) return `${group}/${resource.name}/${metadata.name}`;
  const namespace = metadata.namespace ?? fallback;
  if (!namespace) throw new Error(`the state gives no namespace of ${titleOf({ kind, metadata })}`);
  return `${group}/namespaces/${namespace}/${resource.name}/${metadata.name}`;
}

/** The object as it is in the cluster; undefined only where the cluster says that there is none. @throws as `pathOf` */
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
 * Whether Pulumi's Kubernetes plugin created the object and has not changed it since: its create is a plain POST under this name, its updates are applied
 * under a longer one (test/engine/provider/recordings). An object that was there before could not have been created once more.
 * @param since when the seat came into the cluster; undefined where that is not known
 */
export function madeByPulumi(
  { metadata: { managedFields = [], creationTimestamp = "" } }: WholeObject,
  since: string | undefined,
): boolean {
  // Another program of Pulumi may have made it, before this seat came.
  if (since !== undefined && !(Date.parse(creationTimestamp) >= Date.parse(since))) return false;
  // The API server notes no writer of an object that has nothing but a name, such as a ServiceAccount: one that came after the seat is what the run was making.
  if (managedFields.length === 0) return since !== undefined;
  return managedFields.some(
    ({ manager, operation, subresource }) => manager === "pulumi-kubernetes" && operation === "Update" && !subresource,
  );
}

/** Who wrote the object, for a message. */
export function writersOf({ metadata: { managedFields = [] } }: WholeObject): string {
  const managers = [
    ...new Set(managedFields.filter(({ subresource }) => !subresource).map(({ manager }) => manager ?? "unknown")),
  ];
  return managers.length > 0 ? managers.join(", ") : "unknown";
}

/** Deletes this very object, and no other that has taken its name meanwhile; one that is gone is what was wanted. */
export async function deleteObject(api: Api, path: string, uid: string): Promise<void> {
  const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Foreground", preconditions: { uid } };
  await unlessMissing(api.request("DELETE", path, { body }));
}
