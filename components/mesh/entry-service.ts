import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Ingress } from "../cluster/ingress";
import { gatewayName, gatewaySelector } from "./gateway";
import type { Istio } from "./istio";

export interface EntryServiceArgs {
  mesh: Istio;
  /** What `makeGateway` gave. */
  gateway: pulumi.Resource;
  /** What the gateway routes by. */
  routes: readonly pulumi.Resource[];
  /** How the gateway is reached. */
  ingress: Ingress;
}

/**
 * What the seat's URLs lead to: the one Service before whichever gateway there is. Pulumi's own, and not the gateway's: two Services cannot hold one
 * node port, and an address given by a cloud would change with its Service.
 */
export class EntryService extends pulumi.ComponentResource {
  /** Name or address that a browser uses: the cluster's, or where it has none of its own, the one that this Service is given. */
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
          // The gateway is ready by then; what may take its time is the address that a cloud gives, and where none gives one that has to end.
          annotations:
            ingress.serviceType === "LoadBalancer"
              ? { "pulumi.com/timeoutSeconds": "300" }
              : { "pulumi.com/skipAwait": "true" },
        },
        spec: { type: ingress.serviceType, selector: gatewaySelector[mesh.api], ports: ports(ingress) },
      },
      // After the routes: a change of the API makes the other gateway with its routes, turns the Service over, and only then takes the old ones away.
      { parent: this, dependsOn: [gateway, ...ready, ...routes] },
    );
    this.host = ingress.host ?? addressOf(service);
    this.url = pulumi.interpolate`http://${this.host}:${ingress.httpPort}`;
    this.registerOutputs({ service: service.metadata.name, gatewayUrl: this.url });
  }
}

/**
 * Stands once the pod that istiod made for the Gateway is ready, as the plugin waits for a Service's endpoints. `Programmed` does not say it: istiod counts pods that are
 * not ready, and a Service that is turned to one refuses connections for as long (0.3 to 0.4 s were seen). Helm's gateway needs no such thing: its release waits.
 */
function readyGateway(name: string, mesh: Istio, opts: pulumi.ComponentResourceOptions): k8s.core.v1.Service {
  return new k8s.core.v1.Service(
    name,
    {
      metadata: { name: `${gatewayName}-ready`, namespace: mesh.ingressNamespace },
      spec: {
        type: "ClusterIP",
        selector: gatewaySelector[mesh.api],
        ports: [{ name: "status-port", protocol: "TCP", port: 15021, targetPort: 15021 }],
      },
    },
    opts,
  );
}

/** The address that a load balancer gave. The plugin waits for it; only a preview of the change to one can be without. */
function addressOf({ status }: k8s.core.v1.Service): pulumi.Output<string> {
  return status
    .apply((now) => now?.loadBalancer?.ingress?.[0])
    .apply((given) => given?.ip ?? given?.hostname ?? "address-to-come");
}

function ports({ serviceType, nodePorts }: Ingress) {
  const port = (name: string, port: number, nodePort: number) => ({
    name,
    protocol: "TCP",
    port,
    targetPort: port,
    ...(serviceType !== "ClusterIP" && { nodePort }),
  });
  return [
    port("status-port", 15021, nodePorts.status),
    port("http2", 80, nodePorts.http),
    port("https", 443, nodePorts.https),
  ];
}
