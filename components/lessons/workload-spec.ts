import { amount, type Needs } from "../../kube";

/** An app as plain data, so that a lesson's demand can be calculated without any resource. */
export interface WorkloadSpec {
  /** Value of the pods' label `app`, and name of the Service. */
  readonly app: string;
  /** Each version is one Deployment. They share the ServiceAccount and the Service. */
  readonly versions: readonly WorkloadVersion[];
  /**
   * Name of the app's ServiceAccount, which is its identity in the mesh.
   * @default `app`
   */
  readonly serviceAccount?: string;
  /** @default none: the app only calls others and has no Service */
  readonly port?: WorkloadPort;
}

/** The ports of an app and of its Service. */
export interface WorkloadPort {
  service: number;
  container: number;
  /**
   * Name of the port. Istio derives the protocol from it.
   * @default `http`
   */
  name?: "http" | "grpc";
}

export interface WorkloadVersion {
  /** Value of the label `version`, which routes and subsets select. */
  version: string;
  image: string;
  /**
   * Name of the Deployment.
   * @default `APP-VERSION`
   */
  deployment?: string;
  command?: string[];
  args?: string[];
  env?: Record<string, string>;
  /**
   * Folders that the app writes to. Each is an empty volume.
   * @default none
   */
  scratch?: string[];
  /**
   * The app's requests and limits.
   * @default 10m of a CPU and 32Mi of memory, without limits
   */
  resources?: { requests: Amounts; limits?: Amounts };
  /**
   * Number of pods.
   * @default 1
   */
  replicas?: number;
}

/** Kubernetes quantities. */
export type Amounts = { cpu: string; memory: string };

/** Sums the requests of the apps' own containers, without their sidecars. */
export function needsOf(workloads: readonly WorkloadSpec[]): Needs {
  const all = workloads
    .flatMap(({ versions }) => versions)
    .map(({ replicas = 1, resources = small }) => ({ replicas, ...amount(resources.requests) }));
  const sum = (of: (one: (typeof all)[number]) => number) => all.reduce((total, one) => total + of(one), 0);
  return {
    pods: sum(({ replicas }) => replicas),
    cpu: sum(({ replicas, cpu }) => replicas * cpu),
    memory: sum(({ replicas, memory }) => replicas * memory),
  };
}

/** The course's apps do almost nothing, and share a laptop. */
export const small = { requests: { cpu: "10m", memory: "32Mi" } };
