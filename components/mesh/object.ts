import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** An object of one of Istio's own kinds. */
export interface MeshObjectArgs {
  /** API group, version and kind, e.g. `networking.istio.io/v1 VirtualService`. */
  kind: `${string}/${string} ${string}`;
  /** The object's name in the cluster. */
  name: string;
  namespace: pulumi.Input<string>;
  spec: Record<string, unknown>;
}

/** Makes an object of Istio's. It comes after `Istio.admission`: the kind and the webhook that admits it must be there. */
export function meshObject(
  name: string,
  args: MeshObjectArgs,
  opts: pulumi.CustomResourceOptions & Required<Pick<pulumi.CustomResourceOptions, "dependsOn">>,
): k8s.apiextensions.CustomResource {
  const [apiVersion, kind] = args.kind.split(" ") as [string, string];
  const metadata = { name: args.name, namespace: args.namespace };
  return new k8s.apiextensions.CustomResource(name, { apiVersion, kind, metadata, spec: args.spec }, opts);
}
