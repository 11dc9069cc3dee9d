import type * as pulumi from "@pulumi/pulumi";

/** How the mesh's gateway is reached from outside the cluster. */
export interface Ingress {
  /** Type of the gateway's Service. ClusterIP: it is reached by `kubectl port-forward`, which the trainee starts. */
  readonly serviceType: "NodePort" | "LoadBalancer" | "ClusterIP";
  /** Annotations of that Service, by which a cloud makes an internal load balancer or a static address. @default none */
  readonly serviceAnnotations?: Readonly<Record<string, string>>;
  /** Node ports of that Service, where it has some. They are fixed, so that a seat's URLs outlive its gateway. */
  readonly nodePorts: { readonly status: number; readonly http: number; readonly https: number };
  /**
   * Name or address that a browser uses, as URLs write it. Undefined where the cluster assigns it to the gateway's Service, see
   * `EntryService.host`.
   */
  readonly host: pulumi.Output<string> | undefined;
  /** Ports at `host`: the node ports, or those that a host publishes or forwards instead. */
  readonly httpPort: pulumi.Output<number>;
  readonly httpsPort: pulumi.Output<number>;
  /** The same for the node ports, Kiali's included. Undefined where it equals `host`. */
  readonly kialiHost?: pulumi.Output<string>;
  /** Port of Kiali at `kialiHost`: its node port 31602, or the port that a host publishes instead. */
  readonly kialiPort: pulumi.Output<number>;
}

/** Node ports of the gateway's Service, as the courses show them. */
export const nodePorts = { status: 31021, http: 31380, https: 31390 };
/** Node port of Kiali, on every target. */
export const kialiNodePort = 31602;
