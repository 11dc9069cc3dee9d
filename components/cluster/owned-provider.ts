import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

export interface OwnedCluster {
  kubeconfig: pulumi.Output<string>;
  generation: pulumi.CustomResource;
}

/** The Kubernetes provider of a cluster that the seat owns: it comes and goes with the cluster's generation. */
export function ownedProvider(
  name: string,
  { kubeconfig, generation }: OwnedCluster,
  opts: pulumi.CustomResourceOptions,
): k8s.Provider {
  return new k8s.Provider(
    name,
    {
      kubeconfig,
      // Without it the plugin guesses from the kubeconfig whether this is another cluster. It must not depend on the machine: an update of the
      // machine would make it unknown in preview, which replaces every object.
      clusterIdentifier: generation.id,
      // Pulumi wins over what a trainee changed by hand; else one `kubectl scale` fails the next up.
      enablePatchForce: true,
      // An addon's config changes in place; else its ConfigMap is deleted and made anew, and a pod that starts in between waits for it.
      enableConfigMapMutable: true,
      // The cluster is ours alone: what exists is what a killed up has left.
      upsertExistingObjects: true,
    },
    { ...opts, deletedWith: generation },
  );
}
