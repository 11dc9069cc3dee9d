import * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import type { Settings } from "../../config";
import type { Ingress } from "./ingress";
import { targets } from "./targets";

/** What the rest of the program sees of a cluster, on every target. */
export interface Cluster {
  /** The stack's only Kubernetes provider. The options of every component pass it on. */
  readonly provider: k8s.Provider;
  /** The text of a kubeconfig file; secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Is replaced whenever a new, empty cluster is created. Undefined where the cluster belongs to somebody else. */
  readonly generation: pulumi.CustomResource | undefined;
  readonly ingress: Ingress;
}

/**
 * Creates the cluster of this stack. Where the stack owns it, every Kubernetes resource that is registered after this
 * call lives and dies with it.
 */
export function makeCluster(name: string, settings: Settings): Cluster {
  const cluster = targets[settings.target].create(name, settings);
  if (cluster.generation !== undefined) bindKubernetesTo(cluster.generation);
  return cluster;
}

/**
 * Ties every further Kubernetes resource to `generation`. It uses a stack transformation, so that no resource can be
 * forgotten:
 * - `deletedWith`: when the cluster goes, the engine drops its objects from the state without delete calls. Without
 *   it, `destroy` takes 73 s instead of 1.1 s. Deletes meant for a lost cluster would also reach its successor.
 * - `replacementTrigger`: each object remembers the cluster that it was created in. Without it, the engine notices a
 *   new cluster only while the old provider is in the state. After a run that was killed between the two, `up` would
 *   report objects as unchanged that nobody ever created.
 */
function bindKubernetesTo(generation: pulumi.CustomResource): void {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
    type.startsWith("kubernetes:")
      ? { props, opts: { ...opts, deletedWith: generation, replacementTrigger: generation.id } }
      : undefined,
  );
}
