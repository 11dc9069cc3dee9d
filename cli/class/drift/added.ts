import { at, mapAt, mapsAt, textAt } from "../../check/diagnosis/json";
import type { Deployment } from "../../stack";
import type { Listed } from "./listed";
import type { Added } from "./model";

/** What Kubernetes and Istio put into every namespace. */
const everywhere = new Set(["ConfigMap kube-root-ca.crt", "ConfigMap istio-ca-root-cert", "ConfigMap istio-ca-crl", "ServiceAccount default"]);

/**
 * Of what is there, what neither Pulumi, nor a Helm release of its, nor a controller made, and what was not there before the seat: in a cluster that is
 * somebody's, `default` may be full of things.
 */
export function addedObjects(listed: readonly Listed[], resources: Deployment["resources"]): Added[] {
  const made = new Set(resources.filter(({ type }) => type.startsWith("kubernetes:")).map(({ type, id, inputs }) => keyOf(groupIn(type), type.split(":").at(-1)!.replace(/Patch$/, ""), id ?? textAt(inputs, "metadata", "name") ?? "")));
  const releases = new Set(resources.filter(({ type }) => type.startsWith("kubernetes:helm.sh/")).map(({ inputs }) => `${textAt(inputs, "namespace") ?? ""}/${textAt(inputs, "name") ?? ""}`));
  const begin = resources.map(({ outputs }) => textAt(outputs, "metadata", "creationTimestamp") ?? "").filter(Boolean).sort()[0] ?? "";
  return listed
    .filter(({ group, kind, metadata }) => {
      if (made.has(keyOf(group, kind, `${metadata.namespace}/${metadata.name}`)) || everywhere.has(`${kind} ${metadata.name}`)) return false;
      if (metadata.deletionTimestamp !== undefined || mapsAt(metadata, "ownerReferences").length > 0) return false;
      const annotations = mapAt(metadata, "annotations");
      if (releases.has(`${String(annotations["meta.helm.sh/release-namespace"])}/${String(annotations["meta.helm.sh/release-name"])}`)) return false;
      return (metadata.creationTimestamp ?? begin) >= begin;
    })
    .map(({ group, kind, metadata, path }) => ({
      object: `${kind}${group === "gateway.networking.k8s.io" && kind === "Gateway" ? " (Gateway API)" : ""} ${metadata.namespace}/${metadata.name}`,
      namespace: metadata.namespace!,
      since: metadata.creationTimestamp,
      by: textAt(at(metadata, "managedFields", 0), "manager"),
      path,
    }));
}

function keyOf(group: string, kind: string, id: string): string {
  return `${group} ${kind} ${id.includes("/") ? id : `default/${id}`}`;
}

/** `networking.istio.io` of `kubernetes:networking.istio.io/v1:VirtualService`; the core group has no name. */
function groupIn(type: string): string {
  const group = type.split(":")[1]!.split("/")[0]!;
  return group === "core" ? "" : group;
}
