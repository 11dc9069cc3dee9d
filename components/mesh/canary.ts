import * as pulumi from "@pulumi/pulumi";
import { meshObject } from "./object";
import type { Weights } from "./weights";

/** A destination of a route with its share of the traffic, as Istio writes it. */
export interface WeightedDestination {
  destination: { host: string; subset: string };
  weight: number;
}

/**
 * The route that splits a service's traffic: one destination per version that has a weight, in the order of `versions`.
 * A weight of 0 keeps its destination, so that shifting 90:10 to 0:100 changes two numbers and nothing else.
 */
export function weightedRoute(service: string, versions: readonly string[], weights: Weights): WeightedDestination[] {
  return versions
    .filter((version) => Object.hasOwn(weights, version))
    .map((version) => ({ destination: { host: service, subset: version }, weight: weights[version]! }));
}

/** A DestinationRule's spec: all versions of a service as subsets, whether or not a route names them. */
export function subsets(service: string, versions: readonly string[]): Record<string, unknown> {
  return { host: service, subsets: versions.map((version) => ({ name: version, labels: { version } })) };
}

export interface CanaryArgs {
  /** The Kubernetes Service whose traffic is split. */
  service: string;
  namespace: pulumi.Input<string>;
  /** All versions there are, by their label `version`. */
  versions: readonly string[];
  /**
   * Version → percent; sums to 100 (config.ts has checked it).
   * @default 100 for the first version
   */
  weights?: Weights;
  /** `Istio.admission`. */
  admission: pulumi.Resource;
}

/** Splits a service's traffic over its versions. Pulumi is the only owner of the weights: a change of them touches the VirtualService alone. */
export class Canary extends pulumi.ComponentResource {
  constructor(name: string, args: CanaryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:mesh:Canary", name, {}, opts);
    const { service, namespace, versions } = args;
    const weights = args.weights ?? { [versions[0]!]: 100 };

    const rule = meshObject(
      `${name}-subsets`,
      { kind: "networking.istio.io/v1 DestinationRule", name: service, namespace, spec: subsets(service, versions) },
      { parent: this, dependsOn: args.admission },
    );
    meshObject(
      `${name}-route`,
      {
        kind: "networking.istio.io/v1 VirtualService",
        name: service,
        namespace,
        spec: { hosts: [service], http: [{ route: weightedRoute(service, versions, weights) }] },
      },
      // Subsets first: a route to a subset that is not there yet answers 503.
      { parent: this, dependsOn: [args.admission, rule] },
    );
    this.registerOutputs();
  }
}
