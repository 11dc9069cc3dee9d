import type * as pulumi from "@pulumi/pulumi";

/** How the mesh's gateway is reached from outside the cluster. */
export interface Ingress {
  /** Type of the Service before the gateway. ClusterIP: it is reached by `kubectl port-forward`, which is the trainee's to start. */
  readonly serviceType: "NodePort" | "LoadBalancer" | "ClusterIP";
  /** Node ports of that Service where it has some, fixed so that a seat's URLs outlive its gateway. */
  readonly nodePorts: { readonly status: number; readonly http: number; readonly https: number };
  /** Name or address that a browser uses; undefined where it is the one that the Service before the gateway is given, see `EntryService.host`. */
  readonly host: pulumi.Output<string> | undefined;
  /** Ports at `host`: the node ports, or what a host publishes or forwards in their place. */
  readonly httpPort: pulumi.Output<number>;
  readonly httpsPort: pulumi.Output<number>;
  /** Name or address at which the node ports are reached, Kiali's among them; undefined where it is that of `host`. */
  readonly kialiHost?: pulumi.Output<string>;
  /** Port at `kialiHost` of Kiali's node port 31602: that one, or what a host publishes in its place. */
  readonly kialiPort: pulumi.Output<number>;
}

/** Node ports of the Service before the gateway, those that the courses show. */
export const nodePorts = { status: 31021, http: 31380, https: 31390 };
/** Node port of Kiali, on every target. */
export const kialiNodePort = 31602;
