import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { gatewayName } from "./gateway";
import { meshObject } from "./object";
import { gatewayPod } from "./values";

/**
 * The mesh's gateway as an object of the Gateway API, for which istiod makes Deployment and Service.
 *
 * What comes `before` it are the routes too, as with an Istio Gateway: its port opens when they are known, and closes before they go.
 */
export function gatewayObject(
  name: string,
  namespace: pulumi.Input<string>,
  before: Promise<pulumi.Resource[]>,
  { parent }: { parent: pulumi.Resource },
): pulumi.Resource {
  const parameters = new k8s.core.v1.ConfigMap(`${name}-parameters`, { metadata: { name: gatewayName, namespace }, data: podParameters() }, { parent });
  const dependsOn: Promise<pulumi.Input<pulumi.Resource>[]> = before.then((resources) => [...resources, parameters]);
  return meshObject(
    name,
    {
      kind: "gateway.networking.k8s.io/v1 Gateway",
      name: gatewayName,
      namespace,
      annotations: {
        // The way in is the Service of front.ts; this one is only how istiod finds its own pods.
        "networking.istio.io/service-type": "ClusterIP",
        "pulumi.com/waitFor": "condition=Programmed",
        "pulumi.com/timeoutSeconds": "300",
      },
      spec: gatewaySpec,
    },
    { parent, dependsOn },
  );
}

const gatewaySpec = {
  gatewayClassName: "istio",
  infrastructure: { parametersRef: { group: "", kind: "ConfigMap", name: gatewayName } },
  // Lessons with a certificate bring a listener of their own (ListenerSet), beside their Secret in this namespace.
  allowedListeners: { namespaces: { from: "Same" } },
  listeners: [{ name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from: "All" } } }],
};

/** What istiod's template for the gateway's Deployment does not take from the chart's values. */
function podParameters(): Record<string, string> {
  const { resources, terminationGracePeriodSeconds } = gatewayPod;
  return { deployment: stringify({ spec: { template: { spec: { terminationGracePeriodSeconds, containers: [{ name: "istio-proxy", resources }] } } } }) };
}
