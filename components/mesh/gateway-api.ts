import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { gatewayName } from "./gateway";
import type { Istio } from "./istio";
import { meshObject } from "./object";
import { gatewayPod } from "./values";

export interface GatewayArgs {
  mesh: Istio;
  /** What it routes by. */
  routes: readonly pulumi.Resource[];
}

/**
 * The mesh's gateway. Helm's is there before its routes. istiod's own comes after them: its port opens when they are known, and closes before they go.
 *
 * It comes before every object of Istio's kinds: their validation webhook answers by then. istiod is ready about a second before the API server can
 * reach its webhooks, and an object in between is refused for good; pods are tried again, and the gateway's pod, which has found istiod by its
 * Service, is proof that the API server can too.
 */
export function makeGateway(name: string, { mesh, routes }: GatewayArgs): pulumi.Resource {
  return mesh.api === "istio"
    ? mesh.routeKinds
    : gatewayObject(name, mesh.ingressNamespace, [mesh.injector, ...routes], { parent: mesh });
}

/** The gateway as an object of the Gateway API, for which istiod makes Deployment and Service. */
function gatewayObject(
  name: string,
  namespace: pulumi.Input<string>,
  before: readonly pulumi.Resource[],
  { parent }: { parent: pulumi.Resource },
): pulumi.Resource {
  const parameters = new k8s.core.v1.ConfigMap(
    `${name}-parameters`,
    { metadata: { name: gatewayName, namespace }, data: podParameters() },
    { parent },
  );
  return meshObject(
    name,
    {
      kind: "gateway.networking.k8s.io/v1 Gateway",
      name: gatewayName,
      namespace,
      annotations: {
        // The way in is the Service of entry-service.ts; this one is only how istiod finds its own pods.
        "networking.istio.io/service-type": "ClusterIP",
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
  // Lessons with a certificate bring a listener of their own (ListenerSet), beside their Secret in this namespace.
  allowedListeners: { namespaces: { from: "Same" } },
  listeners: [{ name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from: "All" } } }],
};

/** What istiod's template for the gateway's Deployment does not take from the chart's values. */
function podParameters(): Record<string, string> {
  const { resources, terminationGracePeriodSeconds } = gatewayPod;
  return {
    deployment: stringify({
      spec: { template: { spec: { terminationGracePeriodSeconds, containers: [{ name: "istio-proxy", resources }] } } },
    }),
  };
}
