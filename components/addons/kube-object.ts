import type { WholeObject } from "../../kube";

/* The parts of the samples' objects that the addons read or change. */

export interface Metadata {
  labels?: Labels;
  annotations?: Labels;
}

export interface ConfigMap extends WholeObject {
  data: Record<string, string>;
}

export interface ClusterRole extends WholeObject {
  rules: PolicyRule[];
}

export interface PolicyRule {
  apiGroups?: string[];
  resources?: string[];
  verbs: string[];
}

export interface Service extends WholeObject {
  spec: {
    selector: Labels;
    ports: { name?: string; port: number; targetPort?: number | string; appProtocol?: string }[];
  };
}

/** A Deployment or a StatefulSet. */
export interface WorkloadObject extends WholeObject {
  spec: { replicas?: number; template: PodTemplate; strategy?: unknown; volumeClaimTemplates?: unknown };
}

export interface PodTemplate {
  metadata: Metadata;
  spec: PodSpec;
}

export interface PodSpec {
  containers: Container[];
  volumes?: Volume[];
  automountServiceAccountToken?: boolean;
  securityContext?: Record<string, unknown>;
  terminationGracePeriodSeconds?: number;
}

export interface Container {
  name: string;
  image: string;
  args?: string[];
  env?: { name: string; value?: string }[];
  volumeMounts?: Mount[];
  resources?: { requests?: Amounts; limits?: object };
  readinessProbe?: Probe;
  startupProbe?: Probe;
  securityContext?: Record<string, unknown>;
}

export interface Probe {
  initialDelaySeconds?: number;
  periodSeconds?: number;
  failureThreshold?: number;
}

export interface Mount {
  name: string;
  mountPath: string;
  subPath?: string;
}

export interface Volume {
  name: string;
  configMap?: { name: string };
  [source: string]: unknown;
}

/** Kubernetes quantities. */
export type Amounts = { cpu: string; memory: string };

type Labels = Record<string, string>;

/** Kind → its type. */
interface Kinds {
  ConfigMap: ConfigMap;
  ClusterRole: ClusterRole;
  Service: Service;
  Deployment: WorkloadObject;
  StatefulSet: WorkloadObject;
}

/**
 * Returns the only object of a kind, or the one with this name where there are several.
 * @throws where there is not exactly one, so that the sample is not what the component was written for
 */
export function find<Kind extends keyof Kinds>(
  objects: readonly WholeObject[],
  kind: Kind,
  name?: string,
): Kinds[Kind] {
  return only(
    objects.filter((object) => object.kind === kind && (name === undefined || object.metadata.name === name)),
    `${kind} ${name ?? ""}`,
  ) as Kinds[Kind];
}

/** Returns the list's only entry of that name. @throws where there is not exactly one */
export function named<T extends { name: string }>(list: readonly T[], name: string): T {
  return only(
    list.filter((entry) => entry.name === name),
    name,
  );
}

function only<T>(found: readonly T[], what: string): T {
  if (found.length !== 1) throw new Error(`The sample has ${found.length} of ${what}; the component expects one.`);
  return found[0]!;
}
