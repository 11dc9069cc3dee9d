import { WholeObject } from "../../kube";
import { groupOf } from "./kinds";
import { isMap } from "../../base/values";
import { Json } from "./wire";

/** The fields of each kind whose change replaces the object. A change of name or namespace always does. */
const labelled = ["spec.selector"];
export const replacements: Record<string, string[]> = {
  "/ConfigMap": ["binaryData", "data"],
  "/Secret": ["type", "stringData", "data"],
  "/Service": ["spec.clusterIP"],
  "/ResourceQuota": ["spec.scopes"],
  // `spec.resources`, the size, is missing here: it grows in place.
  "/PersistentVolumeClaim": [
    "accessModes",
    "dataSource",
    "dataSourceRef",
    "selector",
    "storageClassName",
    "volumeAttributesClassName",
    "volumeMode",
    "volumeName",
  ].map((field) => `spec.${field}`),
  "/Pod": ["spec"],
  "apps/Deployment": labelled,
  "apps/DaemonSet": labelled,
  "apps/StatefulSet": [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch/Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "rbac.authorization.k8s.io/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/RoleBinding": ["roleRef"],
  "storage.k8s.io/StorageClass": ["parameters", "provisioner"],
};

export interface Mutable {
  /**
   * Changes ConfigMaps and Secrets in place instead of replacing them (provider options enableConfigMapMutable,
   * enableSecretMutable).
   */
  configMap: boolean;
  secret: boolean;
}

export function forceNew(o: WholeObject, patch: boolean, mutable: Mutable): string[] {
  const always = ["metadata.name", "metadata.namespace"];
  if (patch) return always;
  if (o.kind === "ConfigMap" && mutable.configMap && o.immutable !== true) return always;
  if (o.kind === "Secret" && mutable.secret && o.immutable !== true) return [...always, "type"];
  return [...always, ...(replacements[`${groupOf(o.apiVersion)}/${o.kind}`] ?? [])];
}

/**
 * Whether a change at `path` to `value` touches a rule. It does if the rule is at or above the path, or inside the
 * added or removed value.
 */
export function touches(fields: string[], path: (string | number)[], value: Json): boolean {
  return fields.some((field) => {
    const rule = field.split(".");
    for (let i = 0; i < rule.length; i++) {
      if (i >= path.length) return within(value, rule.slice(i));
      if (path[i] !== rule[i]) return false;
    }
    return true;
  });
}
function within(value: Json, rest: string[]): boolean {
  if (rest.length === 0) return true;
  const [key, ...more] = rest;
  return isMap(value) && key! in value && within(value[key!], more);
}
