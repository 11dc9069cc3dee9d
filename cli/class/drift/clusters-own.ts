import { mapAt, mapsAt, textAt } from "../../check/diagnosis/json";
import type { Listed } from "./listed";

/**
 * The cluster's own programs, and istiod, by the name under which they write. k3s has all of Kubernetes' in one.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
const PROGRAMS = /^(kube-apiserver|kube-scheduler|kubelet|k3s|pilot-discovery|(.+-)?controller-manager)$/;

/** What controllers put into every namespace, and make again when it is deleted, whoever had made it. An empty ServiceAccount has no record of its writer. */
const everywhere = new Set(["ConfigMap kube-root-ca.crt", "ConfigMap istio-ca-root-cert", "ConfigMap istio-ca-crl", "ServiceAccount default"]);

/** Whether the cluster made the object by itself: what nobody but its own programs has written, or what another object has brought. */
export function isClustersOwn({ group, kind, metadata }: Listed): boolean {
  // A claim holds data, whoever made it: a StatefulSet's are made by a controller too, and may be owned by the StatefulSet.
  if (isClaim({ group, kind })) return false;
  const { component, provider } = mapAt(metadata, "labels");
  const writers = writersOf(metadata);
  return (
    mapsAt(metadata, "ownerReferences").length > 0 ||
    (group === "" && everywhere.has(`${kind} ${metadata.name}`)) ||
    // The API server's own Service: https://github.com/kubernetes/kubernetes/blob/v1.34.2/pkg/controlplane/controller/kubernetesservice/controller.go
    (kind === "Service" && component === "apiserver" && provider === "kubernetes") ||
    (writers.length > 0 && writers.every((writer) => PROGRAMS.test(writer)))
  );
}

/** Who has written the object that is no program of the cluster's; one of those where nobody else has. */
export function writerOf({ metadata }: Listed): string | undefined {
  const writers = writersOf(metadata);
  return writers.find((writer) => !PROGRAMS.test(writer)) ?? writers[0];
}

function writersOf(metadata: Listed["metadata"]): string[] {
  return mapsAt(metadata, "managedFields").flatMap((entry) => textAt(entry, "manager") ?? []);
}

/** Whether the kind is a claim of storage. */
export function isClaim({ group, kind }: Pick<Listed, "group" | "kind">): boolean {
  return group === "" && kind === "PersistentVolumeClaim";
}
