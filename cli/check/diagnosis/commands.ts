import { KUBECTL } from "../../../base/advice";
import type { KubeObject } from "../../../kube";
import { textAt } from "./json";
import { resourceName, type Kind } from "./kinds";

/** `AuthorizationPolicy blog/deny-all`. */
export function ref(kind: Kind, object: KubeObject): string {
  const namespace = textAt(object, "metadata", "namespace");
  return `${kind === "GatewayApiGateway" ? "Gateway (Gateway API)" : kind} ${namespace ? `${namespace}/` : ""}${nameOf(object)}`;
}

export function nameOf(object: KubeObject): string {
  return textAt(object, "metadata", "name") ?? "?";
}

export function namespaceOf(object: KubeObject): string | undefined {
  return textAt(object, "metadata", "namespace");
}

export function kubectl(...words: (string | undefined)[]): string {
  return [KUBECTL, ...words.filter((word) => word !== undefined)].join(" ");
}

/** Shows the object as it is. */
export function lookAt(kind: Kind, object: KubeObject): string {
  return kubectl("get", resourceName(kind), nameOf(object), inNamespace(object), "-o yaml");
}

export function remove(kind: Kind, object: KubeObject): string {
  return kubectl("delete", resourceName(kind), nameOf(object), inNamespace(object));
}

function inNamespace(object: KubeObject): string | undefined {
  const namespace = namespaceOf(object);
  return namespace && `-n ${namespace}`;
}
