import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { gatewayName } from "./gateway";
import type { Istio } from "./istio";
import { meshObject } from "./object";
import { gatewayPod } from "./values";

export interface GatewayArgs {
  mesh: Istio;
  /** The routes that it serves. */
  routes: readonly pulumi.Resource[];
}

/**
 * Creates the mesh's gateway. Helm's gateway comes before its routes. istiod's own comes after them, so that its port
 * opens once the routes are known and closes before they go.
 *
 * Every object of Istio's kinds comes after the gateway, because their validation webhook answers by then. istiod is
 * ready about a second before the API server can reach its webhooks. An object that is created in between is refused
 * for good, while pods are retried. The gateway's pod has found istiod by its Service, which proves that the API
 * server can reach it, too.
 */
export function makeGateway(name: string, { mesh, routes }: GatewayArgs): pulumi.Resource {
  return mesh.api === "istio"
    ? mesh.routeKinds
    : gatewayObject(name, mesh.ingressNamespace, [mesh.injector, mesh.kinds, ...routes], { parent: mesh });
}

/** Creates the gateway as an object of the Gateway API. istiod creates its Deployment and Service. */
function gatewayObject(
  name: string,
  namespace: pulumi.Input<string>,
  before: readonly pulumi.Resource[],
  { parent }: { parent: pulumi.Resource },
): pulumi.Resource {
  const parameters = new k8s.core.v1.ConfigMap(
    `${name}-parameters`,
    { metadata: { name: gatewayName, namespace }, data: parametersOfGateway() },
    { parent },
  );
  return meshObject(
    name,
    {
      kind: "gateway.networking.k8s.io/v1 Gateway",
      name: gatewayName,
      namespace,
      annotations: {
        "pulumi.com/waitFor": "condition=Programmed",
        "pulumi.com/timeoutSeconds": "300",
      },
      spec: gatewaySpec,
    },
    { parent, dependsOn: [...before, parameters] },
  );
}

const gatewaySpec = {
  gatewayClassName: "istio",
  infrastructure: { parametersRef: { group: "", kind: "ConfigMap", name: gatewayName } },
  // Lessons with a certificate add a listener (ListenerSet) beside their Secret in this namespace.
  allowedListeners: { namespaces: { from: "Same" } },
  listeners: [{ name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from: "All" } } }],
};

/** Settings of the gateway's Deployment and Service that istiod's template does not take from the chart's values. */
function parametersOfGateway(): Record<string, string> {
  const { resources, terminationGracePeriodSeconds } = gatewayPod;
  return {
    // The seat is entered by the Service of entry-service.ts. istiod only uses this one to find its own pods. The
    // annotation for it is copied onto everything that istiod makes, where `istioctl analyze` reports it (IST0107).
    service: stringify({ spec: { type: "ClusterIP" } }),
    deployment: stringify({
      spec: { template: { spec: { terminationGracePeriodSeconds, containers: [{ name: "istio-proxy", resources }] } } },
    }),
  };
}
