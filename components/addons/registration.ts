import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { isMap } from "../../base/values";
import type { WholeObject } from "../../kube";
import type { ConfigMap, WorkloadObject } from "./kube-object";

// Each kind has its own arguments, as its sample shows.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type ResourceClass = new (name: string, args: any, opts: pulumi.CustomResourceOptions) => pulumi.CustomResource;

/** Kind → the class of its Pulumi resource. */
const classes: Readonly<Record<string, () => ResourceClass>> = {
  "v1 ServiceAccount": () => k8s.core.v1.ServiceAccount,
  "v1 ConfigMap": () => k8s.core.v1.ConfigMap,
  "v1 Secret": () => k8s.core.v1.Secret,
  "v1 Service": () => k8s.core.v1.Service,
  "v1 PersistentVolumeClaim": () => k8s.core.v1.PersistentVolumeClaim,
  "apps/v1 Deployment": () => k8s.apps.v1.Deployment,
  "apps/v1 StatefulSet": () => k8s.apps.v1.StatefulSet,
  "rbac.authorization.k8s.io/v1 ClusterRole": () => k8s.rbac.v1.ClusterRole,
  "rbac.authorization.k8s.io/v1 ClusterRoleBinding": () => k8s.rbac.v1.ClusterRoleBinding,
};

export interface RegistrationArgs {
  objects: readonly WholeObject[];
  /** Namespace of all objects that are not cluster-wide. */
  namespace: pulumi.Output<string>;
  /** Resources that come before the pods, besides the objects that these use. @default none */
  after?: readonly pulumi.Resource[];
  /**
   * Another addon that this one may replace, and the Services that both have. Aliases hand these Services on. If they
   * were created beside the other addon's, they would be deleted with it.
   * @default none
   */
  successorOf?: Predecessor;
}

export interface Predecessor {
  name: string;
  /** Type of its component. */
  type: string;
  services: readonly string[];
}

/** Registers each object as its typed resource, the pods after the objects that they need. */
export function registerObjects(
  name: string,
  { objects, namespace, after = [], successorOf }: RegistrationArgs,
  opts: { parent: pulumi.ComponentResource },
): void {
  const register = (object: WholeObject, dependsOn: readonly pulumi.Resource[] = []) => {
    const { apiVersion, kind, metadata, ...fields } = object;
    const Class = classes[`${apiVersion} ${kind}`]?.();
    if (Class === undefined) throw new Error(`No resource is known for ${apiVersion} ${kind}.`);
    const placed = {
      ...withoutNulls({ ...metadata, annotations: annotations(object) }),
      ...(!kind.startsWith("Cluster") && { namespace }),
    };
    const aliases =
      kind === "Service" && successorOf?.services.includes(metadata.name) ? [aliasOf(successorOf, object)] : [];
    return new Class(
      resourceName(name, object),
      { metadata: placed, ...withoutNulls(fields) },
      { ...opts, dependsOn: [...dependsOn], aliases },
    );
  };
  const workloads = objects.filter(isWorkload);
  const used = objects
    .filter((object) => !isWorkload(object))
    .map((object) => ({ kind: object.kind, resource: register(object) }));
  const needed = used.filter(({ kind }) => kind !== "Service").map(({ resource }) => resource);
  for (const workload of workloads) register(withConfigHash(workload, objects), [...needed, ...after]);
}

function isWorkload({ kind }: Pick<WholeObject, "kind">): boolean {
  return kind === "Deployment" || kind === "StatefulSet";
}

/** Returns `kiali-service`, for example. Where the object's name is not the addon's, it is appended. */
function resourceName(addon: string, { kind, metadata }: WholeObject): string {
  const suffix = kind.replace(/[A-Z]/g, (capital, at: number) => `${at > 0 ? "-" : ""}${capital.toLowerCase()}`);
  return metadata.name === addon ? `${addon}-${suffix}` : `${addon}-${suffix}-${metadata.name}`;
}

function aliasOf({ name, type }: Predecessor, object: WholeObject): pulumi.Alias {
  return { name: resourceName(name, object), parent: pulumi.createUrn(name, type) };
}

/**
 * Adds the plugin's wait settings to the object's annotations. The plugin waits for pods, with a timeout. It skips
 * Services and claims, where it would wait for the same pods.
 */
function annotations({ kind, metadata }: WholeObject): object | null {
  const skipped = ["Service", "PersistentVolumeClaim"].includes(kind) ? { "pulumi.com/skipAwait": "true" } : {};
  const waiting = isWorkload({ kind }) ? { "pulumi.com/timeoutSeconds": "300" } : skipped;
  const all = { ...metadata.annotations, ...waiting };
  return Object.keys(all).length > 0 ? all : null;
}

/**
 * Adds a hash of the ConfigMaps that the pod mounts. A changed config then replaces the pods, so that nothing in them
 * has to watch it.
 */
function withConfigHash(object: WholeObject, objects: readonly WholeObject[]): WholeObject {
  const { template, ...spec } = (object as WorkloadObject).spec;
  const mounted = (template.spec.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
  const content = objects
    .filter((other): other is ConfigMap => other.kind === "ConfigMap" && mounted.includes(other.metadata.name))
    .map(({ data }) => data);
  if (content.length === 0) return object;
  const hash = createHash("sha256").update(JSON.stringify(content)).digest("hex");
  const annotations = { ...template.metadata.annotations, "checksum/config": hash };
  return { ...object, spec: { ...spec, template: { ...template, metadata: { ...template.metadata, annotations } } } };
}

/** Removes the `null`s that Helm writes for missing values. */
function withoutNulls(fields: Record<string, unknown>): Record<string, unknown> {
  const said = Object.entries(fields).filter(([, value]) => value !== null);
  return Object.fromEntries(said.map(([key, value]) => [key, isMap(value) ? withoutNulls(value) : value]));
}
