import { titleOf, unlessMissing, versionPath, type Api, type WholeObject } from "../../../kube";

/**
 * The API path of an object. Undefined where the cluster has no such kind and therefore no such object.
 *
 * @param fallback the namespace of a namespaced object that names none
 * @throws Error where the object cannot be identified, because it has no name or no namespace; ApiError, Unreachable
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
 * Deletes exactly this object, and none that has taken its name meanwhile. An object that is already gone is no error.
 */
export async function deleteObject(api: Api, path: string, uid: string): Promise<void> {
  const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Foreground", preconditions: { uid } };
  await unlessMissing(api.request("DELETE", path, { body }));
}
