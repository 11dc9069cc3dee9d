import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** An object of Istio's kinds or of the Gateway API's. */
export interface MeshObjectArgs {
  /** API group, version and kind, e.g. `networking.istio.io/v1 VirtualService`. */
  kind: string;
  /** The object's name in the cluster. */
  name: string;
  namespace: pulumi.Input<string>;
  /** @default none */
  annotations?: Record<string, string>;
  spec: Record<string, unknown>;
}

/**
 * Creates such an object. One of Istio's kinds comes after the gateway (`makeGateway`): its CRD and the webhook that
 * admits it must exist.
 */
export function meshObject(
  name: string,
  args: MeshObjectArgs,
  opts: pulumi.CustomResourceOptions & Required<Pick<pulumi.CustomResourceOptions, "dependsOn">>,
): k8s.apiextensions.CustomResource {
  const [apiVersion, kind] = args.kind.split(" ") as [string, string];
  const metadata = {
    name: args.name,
    namespace: args.namespace,
    ...(args.annotations && { annotations: args.annotations }),
  };
  return new k8s.apiextensions.CustomResource(name, { apiVersion, kind, metadata, spec: args.spec }, opts);
}
