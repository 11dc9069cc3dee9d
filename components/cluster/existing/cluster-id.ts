import { ApiError, type Api } from "../../../kube";

/**
 * Returns the cluster's id: the uid of its namespace kube-system, which lives as long as the cluster. @throws
 * ApiError, Unreachable
 */
export async function clusterId(api: Api): Promise<string> {
  const answer = await api.get<{ metadata?: { uid?: unknown } }>("/api/v1/namespaces/kube-system");
  const uid = answer.metadata?.uid;
  if (typeof uid === "string" && uid !== "") return uid;
  throw new ApiError(200, "what answers is not an API server: namespace kube-system has no uid");
}

/** Must run before every delete. @throws Error where a cluster with another id answers; ApiError, Unreachable */
export async function requireCluster(api: Api, id: string): Promise<void> {
  const found = await clusterId(api);
  if (found !== id)
    throw new Error(
      `The cluster that answers at ${api.server} is not the one that has this stack's seat, so nothing is deleted in it. Its id is ${found}, and the seat's is ${id}.`,
    );
}
