import type { TypeMeta, WholeObject } from "../../kube";

/**
 * Kinds of the built-in groups that have no namespace. They are listed here because Check and Diff also work without
 * a cluster.
 */
const clusterScoped = new Set([
  "Namespace",
  "Node",
  "PersistentVolume",
  "ClusterRole",
  "ClusterRoleBinding",
  "StorageClass",
  "VolumeAttachment",
  "CSIDriver",
  "CSINode",
  "CustomResourceDefinition",
  "APIService",
  "MutatingWebhookConfiguration",
  "ValidatingWebhookConfiguration",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "PriorityClass",
  "RuntimeClass",
  "IngressClass",
  "FlowSchema",
  "PriorityLevelConfiguration",
  "CertificateSigningRequest",
  "GatewayClass",
]);

const builtInGroups = new Set([
  "",
  "apps",
  "batch",
  "autoscaling",
  "policy",
  "extensions",
  "events.k8s.io",
  "networking.k8s.io",
  "rbac.authorization.k8s.io",
  "storage.k8s.io",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "authentication.k8s.io",
  "authorization.k8s.io",
  "certificates.k8s.io",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "flowcontrol.apiserver.k8s.io",
  "node.k8s.io",
  "scheduling.k8s.io",
  "resource.k8s.io",
  "internal.apiserver.k8s.io",
]);

export const HELM_RELEASE = "kubernetes:helm.sh/v3:Release";
export const urnType = (urn: string): string => urn.split("::")[2]!.split("$").pop()!;
export const urnName = (urn: string): string => urn.split("::").slice(3).join("::");

export function groupOf(apiVersion: string): string {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0]! : "";
  return group === "core" ? "" : group;
}
/** Whether a kind belongs to Kubernetes itself; everything else is a custom resource. */
export const isBuiltIn = (apiVersion: string): boolean => builtInGroups.has(groupOf(apiVersion));
export const isClusterScoped = (o: TypeMeta): boolean =>
  clusterScoped.has(o.kind) && (isBuiltIn(o.apiVersion) || o.kind === "GatewayClass");
export const isCrd = (o: TypeMeta): boolean =>
  o.kind === "CustomResourceDefinition" && groupOf(o.apiVersion) === "apiextensions.k8s.io";

/**
 * Whether the resource is a Patch resource (NamespacePatch, …), which owns single fields of somebody else's object.
 * Its token is the kind + "Patch".
 */
export const isPatch = (urn: string, kind: string): boolean => urnType(urn).split(":")[2] === `${kind}Patch`;

/** The apiVersion and kind of a token: `kubernetes:core/v1:NamespacePatch` → v1, Namespace. */
export function gvkOfType(type: string): { apiVersion: string; kind: string } {
  const [, module = "", name = ""] = type.split(":");
  const apiVersion = module.replace(/^core\//, "");
  const patch = name.endsWith("Patch") && name !== "Patch" && isBuiltIn(apiVersion);
  return { apiVersion, kind: patch ? name.slice(0, -"Patch".length) : name };
}

/** The resource id: `namespace/name`, or only the name if there is no namespace. */
export const objectId = (o: WholeObject): string => idOf(o.metadata.namespace, o.metadata.name);
export const idOf = (namespace: string | undefined, name: string): string =>
  namespace ? `${namespace}/${name}` : name;
export function parseId(id: string): { namespace?: string; name: string } {
  const at = id.indexOf("/");
  return at < 0 ? { name: id } : { namespace: id.slice(0, at), name: id.slice(at + 1) };
}
export const annotation = (o: WholeObject | undefined, key: string): string | undefined =>
  o?.metadata?.annotations?.[key];
export const isTrue = (o: WholeObject, key: string): boolean => annotation(o, key) === "true";
