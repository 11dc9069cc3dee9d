import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { isMap } from "../../base/values";
import type { WholeObject } from "../../kube";
import type { ConfigMap, Workload } from "./kube-object";

// Each kind has arguments of its own; which, its sample says.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type ResourceClass = new (name: string, args: any, opts: pulumi.CustomResourceOptions) => pulumi.CustomResource;

/** Kind → the resource that an object of it is. */
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
  /** Of all that are in one. */
  namespace: pulumi.Output<string>;
  /** What comes before the pods, besides the objects they use. @default nothing */
  after?: readonly pulumi.Resource[];
  /**
   * Another addon, in whose place this one may come, with the Services of the same names that both have. They are handed on: made anew beside the other's, they
   * would be deleted with it.
   * @default none
   */
  successorOf?: Predecessor;
}

export interface Predecessor {
  name: string;
  /** Of its component. */
  type: string;
  services: readonly string[];
}

/** Registers each object as its typed resource, the pods after what they need. */
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

/** `kiali-service`; with the object's name behind it where that is not the addon's. */
function resourceName(addon: string, { kind, metadata }: WholeObject): string {
  const suffix = kind.replace(/[A-Z]/g, (capital, at: number) => `${at > 0 ? "-" : ""}${capital.toLowerCase()}`);
  return metadata.name === addon ? `${addon}-${suffix}` : `${addon}-${suffix}-${metadata.name}`;
}

function aliasOf({ name, type }: Predecessor, object: WholeObject): pulumi.Alias {
  return { name: resourceName(name, object), parent: pulumi.createUrn(name, type) };
}

/** Those of the object, and what the plugin is told to wait for: the pods, with a bound. At a Service or a claim it would wait for those same pods. */
function annotations({ kind, metadata }: WholeObject): object | null {
  const skipped = ["Service", "PersistentVolumeClaim"].includes(kind) ? { "pulumi.com/skipAwait": "true" } : {};
  const waiting = isWorkload({ kind }) ? { "pulumi.com/timeoutSeconds": "300" } : skipped;
  const all = { ...metadata.annotations, ...waiting };
  return Object.keys(all).length > 0 ? all : null;
}

/** With a hash of the ConfigMaps that the pod mounts: another config is other pods, without anything in them that watches for it. */
function withConfigHash(object: WholeObject, objects: readonly WholeObject[]): WholeObject {
  const { template, ...spec } = (object as Workload).spec;
  const mounted = (template.spec.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
  const content = objects
    .filter((other): other is ConfigMap => other.kind === "ConfigMap" && mounted.includes(other.metadata.name))
    .map(({ data }) => data);
  if (content.length === 0) return object;
  const hash = createHash("sha256").update(JSON.stringify(content)).digest("hex");
  const annotations = { ...template.metadata.annotations, "checksum/config": hash };
  return { ...object, spec: { ...spec, template: { ...template, metadata: { ...template.metadata, annotations } } } };
}

/** Helm writes `null` where it has nothing to say. */
function withoutNulls(fields: Record<string, unknown>): Record<string, unknown> {
  const said = Object.entries(fields).filter(([, value]) => value !== null);
  return Object.fromEntries(said.map(([key, value]) => [key, isMap(value) ? withoutNulls(value) : value]));
}
