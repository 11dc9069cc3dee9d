import { amount, type Needs } from "../../kube";

/** An app as plain data: what a lesson installs can be reckoned without making it. */
export interface WorkloadSpec {
  /** The app: its label, and the name of its Service. */
  readonly app: string;
  /** One Deployment each; they share the ServiceAccount and the Service. */
  readonly versions: readonly WorkloadVersion[];
  /**
   * The app's ServiceAccount: its identity in the mesh.
   * @default `app`
   */
  readonly serviceAccount?: string;
  /** @default none: the app only calls others and has no Service */
  readonly port?: WorkloadPort;
}

/** Where an app listens, and where its Service does. */
export interface WorkloadPort {
  service: number;
  container: number;
  /**
   * By the port's name Istio knows the protocol.
   * @default `http`
   */
  name?: "http" | "grpc";
}

export interface WorkloadVersion {
  /** The label `version`, which routes and subsets select. */
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
   * Folders the app writes to; each is an empty volume of its own.
   * @default none
   */
  scratch?: string[];
  /**
   * What the app needs, and what it may take at most.
   * @default 10m of a CPU and 32Mi of memory, and no limit
   */
  resources?: { requests: Amounts; limits?: Amounts };
  /**
   * Number of pods.
   * @default 1
   */
  replicas?: number;
}

/** In Kubernetes' quantities. */
export type Amounts = { cpu: string; memory: string };

/** What the apps' own containers request; their sidecars come on top. */
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

/** The apps of the course do next to nothing, and share a laptop. */
export const small = { requests: { cpu: "10m", memory: "32Mi" } };
