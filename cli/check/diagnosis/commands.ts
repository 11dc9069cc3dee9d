import { KUBECTL } from "../../../base/advice";
import type { KubeObject } from "../../../kube";
import { differences } from "./drift";
import { textAt } from "../../seat/json";
import { type Kind, resourceName } from "./kinds";
import type { Snapshot } from "./snapshot";

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

/** The command that shows the object. */
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

/**
 * Returns the command that repairs a changed object. `refresh` and `up` see only the fields that the program wrote.
 * Where only added fields differ, the object must be deleted and recreated.
 */
export function repair(snapshot: Snapshot, kind: Kind, live: KubeObject): string {
  const made = snapshot.made[kind].find(
    (object) => nameOf(object) === nameOf(live) && namespaceOf(object) === namespaceOf(live),
  );
  if (made === undefined) return remove(kind, live);
  return differences(kind, live, made, "written").length > 0
    ? snapshot.mend
    : `${remove(kind, live)} && ${snapshot.mend}`;
}
