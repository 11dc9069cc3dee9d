import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { hostInUrl } from "../../base/host";
import type { Ingress } from "../cluster/ingress";
import { gatewayName, gatewaySelector } from "./gateway";
import type { Istio } from "./istio";

export interface EntryServiceArgs {
  mesh: Istio;
  /** The result of `makeGateway`. */
  gateway: pulumi.Resource;
  /** The routes that the gateway serves. */
  routes: readonly pulumi.Resource[];
  /** How the gateway is reached. */
  ingress: Ingress;
}

/**
 * The Service that the seat's URLs lead to, whichever gateway is behind it. Pulumi owns it, and not the gateway. Two
 * Services cannot hold the same node port, and an address from a cloud would change with its Service.
 */
export class EntryService extends pulumi.ComponentResource {
  /** Name or address that a browser uses: the cluster's, or else the address that this Service is assigned. */
  readonly host: pulumi.Output<string>;
  /** `http://HOST:PORT` of the gateway, without a path. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: EntryServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:mesh:Front", name, {}, opts);
    const { mesh, gateway, routes, ingress } = args;
    const ready =
      mesh.api === "gateway-api" ? [readyGateway(`${name}-ready`, mesh, { parent: this, dependsOn: gateway })] : [];
    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        metadata: {
          name: gatewayName,
          namespace: mesh.ingressNamespace,
          // The gateway is ready by now. Only the cloud's address can be slow; the timeout ends the wait where no
          // cloud assigns one.
          annotations: {
            ...ingress.serviceAnnotations,
            ...(ingress.serviceType === "LoadBalancer"
              ? { "pulumi.com/timeoutSeconds": "300" }
              : { "pulumi.com/skipAwait": "true" }),
          },
        },
        spec: { type: ingress.serviceType, selector: gatewaySelector[mesh.api], ports: ports(ingress) },
      },
      // It comes after the routes. When the API changes, the other gateway is created with its routes, then the
      // Service is switched, and only then the old ones are deleted.
      { parent: this, dependsOn: [gateway, ...ready, ...routes] },
    );
    this.host = ingress.host ?? addressOf(service);
    this.url = pulumi.interpolate`http://${this.host}:${ingress.httpPort}`;
    this.registerOutputs({ service: service.metadata.name, gatewayUrl: this.url });
  }
}

/**
 * Waits until the pod that istiod creates for the Gateway is ready, because the plugin waits for a Service's
 * endpoints. `Programmed` does not say so, because istiod counts pods that are not ready. A Service that is switched
 * to such a pod refuses connections meanwhile (0.3 to 0.4 s were seen). Helm's gateway does not need this: its
 * release waits.
 */
function readyGateway(name: string, mesh: Istio, opts: pulumi.ComponentResourceOptions): k8s.core.v1.Service {
  return new k8s.core.v1.Service(
    name,
    {
      metadata: { name: `${gatewayName}-ready`, namespace: mesh.ingressNamespace },
      spec: {
        type: "ClusterIP",
        selector: gatewaySelector[mesh.api],
        ports: [{ ...statusPort, protocol: "TCP", port: 15021, targetPort: 15021 }],
      },
    },
    opts,
  );
}

/**
 * Returns the address that a load balancer assigned. The plugin waits for it. It is only missing in a preview that
 * changes the Service to a load balancer.
 */
function addressOf({ status }: k8s.core.v1.Service): pulumi.Output<string> {
  return status
    .apply((now) => now?.loadBalancer?.ingress?.[0])
    .apply((given) => hostInUrl(given?.ip ?? given?.hostname ?? "address-to-come"));
}

/**
 * The name is that of Istio's chart, and does not tell Istio the protocol (IST0118 of `istioctl analyze`). It is not
 * `http`: Azure would send its health probe to `/`, where this port answers 404.
 */
const statusPort = { name: "status-port", appProtocol: "tcp" };

function ports({ serviceType, nodePorts }: Ingress) {
  const port = (named: { name: string; appProtocol?: string }, port: number, nodePort: number) => ({
    ...named,
    protocol: "TCP",
    port,
    targetPort: port,
    ...(serviceType !== "ClusterIP" && { nodePort }),
  });
  return [
    port(statusPort, 15021, nodePorts.status),
    port({ name: "http2" }, 80, nodePorts.http),
    port({ name: "https" }, 443, nodePorts.https),
  ];
}
