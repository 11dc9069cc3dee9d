import type { Finding } from "../finding";
import { ApiError, type Api } from "../../../kube";

/** https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass */
const DEFAULT = ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];

interface StorageClass {
  metadata: { name: string; annotations?: Record<string, string> };
  provisioner?: string;
}

/**
 * Checks whether the cluster has a default storage class for claims that name none. @param claims who creates such
 * claims @throws ApiError, Unreachable
 */
export async function storageClassFinding(api: Api, claims: readonly string[]): Promise<Finding[]> {
  if (claims.length === 0) return [];
  const name = "default storage class";
  let classes: StorageClass[];
  try {
    classes = await api.list<StorageClass>("/apis/storage.k8s.io/v1/storageclasses");
  } catch (error) {
    if (error instanceof ApiError && error.code === 403)
      return [{ name, status: "notice", seen: "unknown: the kubeconfig's user may not list storage classes" }];
    throw error;
  }
  const chosen = classes.filter(({ metadata }) =>
    DEFAULT.some((annotation) => metadata.annotations?.[annotation] === "true"),
  );
  if (chosen.length > 0)
    return [
      {
        name,
        status: "ok",
        seen: chosen
          .map(({ metadata, provisioner }) => `${metadata.name} (${provisioner ?? "no provisioner"})`)
          .join(", "),
      },
    ];
  const others = classes.map(({ metadata }) => metadata.name);
  const seen = `none, ${others.length === 0 ? "and no other class" : `only ${others.join(", ")}`}: the claims of ${claims.join(", ")} stay Pending`;
  const todo =
    others.length === 0
      ? "install a provisioner of storage"
      : `kubectl annotate storageclass ${others[0]} ${DEFAULT[0]}=true`;
  return [{ name, status: "notice", seen, todo }];
}
