import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

export interface OwnedCluster {
  kubeconfig: pulumi.Output<string>;
  generation: pulumi.CustomResource;
}

/**
 * Creates the Kubernetes provider of a cluster that the seat owns. It lives and dies with the cluster's generation.
 */
export function ownedProvider(
  name: string,
  { kubeconfig, generation }: OwnedCluster,
  opts: pulumi.CustomResourceOptions,
): k8s.Provider {
  return new k8s.Provider(
    name,
    {
      kubeconfig,
      // Without it, the plugin guesses from the kubeconfig whether this is another cluster. It must not depend on the
      // machine. An update of the machine would make it unknown in a preview, and every object would be replaced.
      clusterIdentifier: generation.id,
      // Pulumi overwrites what a trainee changed by hand. Otherwise one `kubectl scale` makes the next `up` fail.
      enablePatchForce: true,
      // Changes an addon's ConfigMap in place. Otherwise it is deleted and created again, and a pod that starts in
      // between waits for it.
      enableConfigMapMutable: true,
      // The cluster is ours alone, so existing objects were left by a killed `up`.
      upsertExistingObjects: true,
    },
    { ...opts, deletedWith: generation },
  );
}
