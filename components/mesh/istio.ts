import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Chart, IstioSettings } from "../../config";
import { chartSource, type ChartSource } from "./charts";
import type { ExtraObject } from "./extra-objects";
import { gatewayName, ingressNamespace } from "./gateway";
import { gatewayApiChart } from "./gateway-api-chart";
import { meshObject } from "./object";
import type { RoutesApi } from "./routes/renderers";
import { systemNamespace } from "./system-namespace";
import { chartValues } from "./values";

export interface IstioArgs extends IstioSettings {
  /** The API of the routes. It also decides whether Helm or istiod creates the gateway's pods. */
  api: RoutesApi;
  /**
   * Whether others may use the cluster. Uninstalling a release then keeps its CRDs, because other people's objects
   * would go with them. The cluster's own component deletes them in the end.
   */
  shared: boolean;
}

/** Istio: its CRDs, its control plane, and one ingress gateway. */
export class Istio extends pulumi.ComponentResource {
  readonly api: RoutesApi;
  /** Comes before every pod that gets a sidecar. */
  readonly injector: pulumi.Resource;
  /** Istio's CRDs. They come before every object of these kinds, and before what looks for the kinds at its start. */
  readonly kinds: pulumi.Resource;
  /** Namespace of istiod and the addons. */
  readonly systemNamespace: pulumi.Output<string>;
  /** Namespace of the gateway and its certificates. */
  readonly ingressNamespace: pulumi.Output<string>;
  /**
   * Comes before every object that routes requests. With Istio's own API it is Helm's gateway, with the Gateway API
   * its CRDs.
   */
  readonly routeKinds: pulumi.Resource;

  constructor(name: string, args: IstioArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:mesh:Istio", name, {}, opts);
    const system = this.namespace(`${name}-system`, systemNamespace);
    // The gateway's pod asks for injection itself. Without the label `istioctl analyze` takes the namespace for one that
    // was forgotten (IST0102).
    const ingress = this.namespace(`${name}-ingress`, ingressNamespace, { "istio-injection": "enabled" });

    const values = chartValues(args, args.api);
    const chart = (chart: Chart) => ({
      name: `${name}-${chart}`,
      source: chartSource(chart, args),
      values: values[chart],
    });
    // istiod does not wait for the CRDs: its chart has no object of them, and it takes up a kind as soon as its CRD
    // appears (istio.io/istio, pkg/kube/kclient: crdwatcher.go, delayed.go). So its pod starts while they are created.
    this.kinds = this.release({ ...chart("base"), release: "istio-base", namespace: system }, []);
    const istiod = (...after: pulumi.Resource[]) =>
      this.release({ ...chart("istiod"), release: "istiod", namespace: system }, after);
    // The gateway comes after istiod, whose webhook adds the proxy to its pod. All objects of Istio's kinds come after
    // the gateway, so it also comes after the CRDs.
    if (args.api === "istio") {
      this.injector = istiod();
      this.routeKinds = this.release({ ...chart("gateway"), release: gatewayName, namespace: ingress }, [
        this.injector,
        this.kinds,
      ]);
    } else {
      this.routeKinds = this.release(
        {
          name: `${name}-gateway-api`,
          release: "gateway-api",
          source: { chart: gatewayApiChart() },
          namespace: system,
          values: args.shared ? { keep: true } : {},
        },
        [],
      );
      this.injector = istiod(this.routeKinds);
    }

    this.api = args.api;
    this.systemNamespace = system.metadata.name;
    this.ingressNamespace = ingress.metadata.name;
    this.registerOutputs();
  }

  private namespace(name: string, namespace: string, labels?: Record<string, string>): k8s.core.v1.Namespace {
    return new k8s.core.v1.Namespace(name, { metadata: { name: namespace, labels } }, { parent: this });
  }

  private release(
    { name, release, source, namespace, values }: ReleaseArgs,
    dependsOn: pulumi.Resource[],
  ): k8s.helm.v3.Release {
    return new k8s.helm.v3.Release(
      name,
      {
        ...source,
        name: release,
        namespace: namespace.metadata.name,
        values,
        timeout: releaseTimeout,
        // A failed atomic release would be uninstalled, together with the evidence. A failed release that stays is
        // resumed by the next `up`.
        atomic: false,
      },
      { parent: this, dependsOn },
    );
  }
}

/**
 * Adds the objects of the config's `istio.objects` to Istio's own namespace. `istioctl analyze` warns of every
 * EnvoyFilter (IST0133). The config asks for these by name, so the annotation tells it that they are meant.
 */
export function makeExtraObjects(
  name: string,
  { mesh, gateway, objects }: { mesh: Istio; gateway: pulumi.Resource; objects: readonly ExtraObject[] },
): void {
  for (const { apiVersion, kind, name: object, spec } of objects) {
    const annotations = kind === "EnvoyFilter" ? { "galley.istio.io/analyze-suppress": "IST0133" } : undefined;
    meshObject(
      `${name}-${kind.toLowerCase()}-${object}`,
      { kind: `${apiVersion} ${kind}`, name: object, namespace: mesh.systemNamespace, annotations, spec },
      { parent: mesh, dependsOn: [gateway] },
    );
  }
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

/** Seconds until a chart has to be ready, including image pulls over a slow line. */
const releaseTimeout = 300;
