import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Chart, IstioSettings } from "../../config";
import type { Ingress } from "../cluster/cluster";
import { chartSource } from "./charts";
import { chartValues } from "./values";

export interface IstioArgs extends IstioSettings {
  /** How the gateway is reached. */
  ingress: Ingress;
}

/** Istio: its CRDs, its control plane, and one ingress gateway. */
export class Istio extends pulumi.ComponentResource {
  /** Comes before every pod that gets a sidecar. */
  readonly injector: pulumi.Resource;
  /**
   * Comes before every object of Istio's kinds: their validation webhook answers by then. istiod is ready about a second before the API server can
   * reach its webhooks, and an object in between is refused for good; pods are tried again, and the gateway's pod is proof that the webhooks answer.
   */
  readonly admission: pulumi.Resource;
  /** `http://HOST:PORT` of the gateway, without a path. */
  readonly gatewayUrl: pulumi.Output<string>;

  constructor(name: string, args: IstioArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:mesh:Istio", name, {}, opts);
    const system = this.namespace(`${name}-system`, "istio-system");
    const ingress = this.namespace(`${name}-ingress`, "istio-ingress");

    const release = this.releases(name, args);
    const base = release("base", "istio-base", system, []);
    const istiod = release("istiod", "istiod", system, [base]);
    // After istiod, whose webhook puts the proxy into the gateway's pod; in a namespace of its own, so that a role for gateways is none for istiod.
    const gateway = release("gateway", gatewayName, ingress, [istiod]);

    this.injector = istiod;
    this.admission = gateway;
    this.gatewayUrl = pulumi.interpolate`http://${args.ingress.host}:${args.ingress.httpPort}`;
    this.registerOutputs({ gatewayUrl: this.gatewayUrl });
  }

  private namespace(name: string, namespace: string): k8s.core.v1.Namespace {
    return new k8s.core.v1.Namespace(name, { metadata: { name: namespace } }, { parent: this });
  }

  private releases(name: string, args: IstioArgs) {
    const values = chartValues(args, args.ingress);
    return (chart: Chart, release: string, namespace: k8s.core.v1.Namespace, dependsOn: pulumi.Resource[]) =>
      new k8s.helm.v3.Release(
        `${name}-${chart}`,
        {
          ...chartSource(chart, args),
          name: release,
          namespace: namespace.metadata.name,
          values: values[chart],
          timeout: releaseTimeout,
          // An atomic release that fails uninstalls the evidence; one that failed resumes at the next up.
          atomic: false,
        },
        { parent: this, dependsOn },
      );
  }
}

/** Name of the gateway's release, Deployment and Service. */
const gatewayName = "istio-ingressgateway";
/** Selects the gateway's pods: the chart makes it of the release's name. */
export const gatewaySelector = { istio: "ingressgateway" };
/** Seconds a chart may take to become ready, image pulls over a slow line among them. */
const releaseTimeout = 300;
