import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Chart, IstioSettings } from "../../config";
import type { Ingress } from "../cluster/ingress";
import { chartSource, type ChartSource } from "./charts";
import { gatewayName, ingressNamespace } from "./gateway";
import { gatewayObject } from "./gateway-api";
import { gatewayApiChart } from "./gateway-api-chart";
import { meshObject } from "./object";
import type { RoutesApi } from "./routes/renderers";
import { systemNamespace } from "./system-namespace";
import { chartValues } from "./values";

export interface IstioArgs extends IstioSettings {
  /** The API in which routes are written; it also decides who makes the gateway's pods, Helm or istiod. */
  api: RoutesApi;
  /** How the gateway is reached. */
  ingress: Ingress;
  /** Others may live in the cluster: no kind goes with its release, as theirs would with it. What makes the cluster takes them away in the end. */
  shared: boolean;
}

/** Istio: its CRDs, its control plane, and one ingress gateway. */
export class Istio extends pulumi.ComponentResource {
  readonly api: RoutesApi;
  /** Comes before every pod that gets a sidecar. */
  readonly injector: pulumi.Resource;
  /**
   * Comes before every object of Istio's kinds: their validation webhook answers by then. istiod is ready about a second before the API server can
   * reach its webhooks, and an object in between is refused for good; pods are tried again, and the gateway's pod, which has found istiod by its
   * Service, is proof that the API server can too.
   */
  readonly admission: pulumi.Resource;
  /** Where istiod lives, and the addons. */
  readonly systemNamespace: pulumi.Output<string>;
  /** Where the gateway lives, and the certificates it shows. */
  readonly ingressNamespace: pulumi.Output<string>;
  /** Comes before every object that routes requests. */
  readonly routeKinds: pulumi.Resource;
  /** What routes requests so far; whoever makes such a component adds it. */
  readonly routes: pulumi.Resource[] = [];
  /** To be called when all routes are made: a Gateway of the Gateway API waits for them. */
  readonly routesAreMade: () => void;
  /** To be called with the Service before the gateway, whose address is `host` where the cluster has none of its own. */
  readonly serviceIsMade: (service: k8s.core.v1.Service) => void;
  /** Name or address that a browser uses. */
  readonly host: pulumi.Output<string>;
  /** `http://HOST:PORT` of the gateway, without a path. */
  readonly gatewayUrl: pulumi.Output<string>;

  constructor(name: string, args: IstioArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:mesh:Istio", name, {}, opts);
    const system = this.namespace(`${name}-system`, systemNamespace);
    const ingress = this.namespace(`${name}-ingress`, ingressNamespace);

    const values = chartValues(args, args.api);
    const chart = (chart: Chart) => ({ name: `${name}-${chart}`, source: chartSource(chart, args), values: values[chart] });
    const base = this.release({ ...chart("base"), release: "istio-base", namespace: system }, []);
    const istiod = (...after: pulumi.Resource[]) => this.release({ ...chart("istiod"), release: "istiod", namespace: system }, [base, ...after]);
    const { promise: routes, resolve } = deferred<pulumi.Resource[]>();
    this.routesAreMade = () => resolve(this.routes);
    // The gateway after istiod, whose webhook puts the proxy into its pod, or who makes the pod itself.
    if (args.api === "istio") {
      this.injector = istiod();
      this.admission = this.release({ ...chart("gateway"), release: gatewayName, namespace: ingress }, [this.injector]);
      this.routeKinds = this.admission;
    } else {
      this.routeKinds = this.release({ name: `${name}-gateway-api`, release: "gateway-api", source: { chart: gatewayApiChart() }, namespace: system, values: args.shared ? { keep: true } : {} }, []);
      this.injector = istiod(this.routeKinds);
      const before = routes.then((made) => [this.injector, ...made]);
      this.admission = gatewayObject(`${name}-gateway`, ingress.metadata.name, before, { parent: this });
    }

    for (const { apiVersion, kind, name: object, spec } of args.objects) {
      meshObject(`${name}-${kind.toLowerCase()}-${object}`, { kind: `${apiVersion} ${kind}`, name: object, namespace: system.metadata.name, spec }, { parent: this, dependsOn: [this.admission] });
    }

    this.api = args.api;
    this.systemNamespace = system.metadata.name;
    this.ingressNamespace = ingress.metadata.name;
    const { promise: service, resolve: serviceIsMade } = deferred<k8s.core.v1.Service>();
    this.serviceIsMade = serviceIsMade;
    this.host = args.ingress.host ?? pulumi.output(service.then(addressOf));
    this.gatewayUrl = pulumi.interpolate`http://${this.host}:${args.ingress.httpPort}`;
    this.registerOutputs({ gatewayUrl: this.gatewayUrl });
  }

  private namespace(name: string, namespace: string): k8s.core.v1.Namespace {
    return new k8s.core.v1.Namespace(name, { metadata: { name: namespace } }, { parent: this });
  }

  private release({ name, release, source, namespace, values }: ReleaseArgs, dependsOn: pulumi.Resource[]): k8s.helm.v3.Release {
    return new k8s.helm.v3.Release(
      name,
      {
        ...source,
        name: release,
        namespace: namespace.metadata.name,
        values,
        timeout: releaseTimeout,
        // An atomic release that fails uninstalls the evidence; one that failed resumes at the next up.
        atomic: false,
      },
      { parent: this, dependsOn },
    );
  }
}

/** The address that a load balancer gave. The plugin waits for it; only a preview of the change to one can be without. */
function addressOf({ status }: k8s.core.v1.Service): pulumi.Output<string> {
  return status.apply((now) => now?.loadBalancer?.ingress?.[0]).apply((given) => given?.ip ?? given?.hostname ?? "address-to-come");
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  return { promise: new Promise<T>((settle) => (resolve = settle)), resolve };
}

interface ReleaseArgs {
  /** Name of the resource. */
  name: string;
  /** Name of the release in the cluster. */
  release: string;
  source: ChartSource;
  namespace: k8s.core.v1.Namespace;
  values: object;
}

/** Seconds a chart may take to become ready, image pulls over a slow line among them. */
const releaseTimeout = 300;
