import * as pulumi from "@pulumi/pulumi";
import type { Istio } from "../istio";
import { makeObjects } from "./objects";
import type { ServicePlan } from "./plan";
import { renderers } from "./renderers";

export interface ServiceRoutesArgs extends ServicePlan {
  mesh: Istio;
  namespace: pulumi.Input<string>;
}

/**
 * How calls inside the mesh to one service are routed. Pulumi alone owns the weights, and a change of them touches
 * one object.
 */
export class ServiceRoutes extends pulumi.ComponentResource {
  constructor(name: string, args: ServiceRoutesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:mesh:ServiceRoutes", name, {}, opts);
    const { mesh, namespace, ...plan } = args;
    makeObjects(name, renderers[mesh.api].service(plan), { namespace, parent: this, after: [mesh.routeKinds] });
    this.registerOutputs();
  }
}
