import * as pulumi from "@pulumi/pulumi";
import type * as k8s from "@pulumi/kubernetes";
import type { Settings } from "../../config";
import type { Ingress } from "./ingress";
import { targets } from "./targets";

/** What the rest of the program knows of a cluster, wherever it comes from. */
export interface Cluster {
  /** The only Kubernetes provider of the stack; it flows through the options of every component. */
  readonly provider: k8s.Provider;
  /** The text of a kubeconfig file; secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Replaced whenever a new, empty cluster is made; undefined where the cluster is not ours to make or to lose. */
  readonly generation: pulumi.CustomResource | undefined;
  readonly ingress: Ingress;
}

/** The cluster of this stack. Everything Kubernetes that is registered after this call comes and goes with it, where the cluster is ours. */
export function makeCluster(name: string, settings: Settings): Cluster {
  const cluster = targets[settings.target].create(name, settings);
  if (cluster.generation !== undefined) bindKubernetesTo(cluster.generation);
  return cluster;
}

/**
 * Binds the life of every further Kubernetes resource to `generation`, by a stack transformation, because one forgotten resource would be enough:
 * - `deletedWith`: when the cluster goes, the engine forgets its objects and asks nobody to delete them. Without it `destroy` takes 73 s instead of
 *   1.1 s, and deletes meant for a lost cluster reach the one made in its place.
 * - `replacementTrigger`: each object remembers which cluster it was made in. By the provider alone the engine notices a new cluster only while the
 *   old provider is in the state: after a run that was killed between the two, `up` would call objects unchanged that nobody ever made.
 */
function bindKubernetesTo(generation: pulumi.CustomResource): void {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
    type.startsWith("kubernetes:")
      ? { props, opts: { ...opts, deletedWith: generation, replacementTrigger: generation.id } }
      : undefined,
  );
}
