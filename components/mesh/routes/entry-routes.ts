import * as pulumi from "@pulumi/pulumi";
import type { Istio } from "../istio";
import { makeObjects } from "./objects";
import type { EntryPlan } from "./plan";
import { renderers } from "./renderers";

export interface EntryRoutesArgs extends EntryPlan {
  mesh: Istio;
  namespace: pulumi.Input<string>;
  /**
   * Resources that must exist before the routes, such as the Secret that `https` names.
   * @default none
   */
  after?: pulumi.Resource[];
}

/** Which requests the mesh's gateway admits from outside, and where they go. */
export class EntryRoutes extends pulumi.ComponentResource {
  constructor(name: string, args: EntryRoutesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:mesh:EntryRoutes", name, {}, opts);
    const { mesh, namespace, after = [], ...plan } = args;
    makeObjects(name, renderers[mesh.api].entry(plan), { namespace, parent: this, after: [mesh.routeKinds, ...after] });
    this.registerOutputs();
  }
}
