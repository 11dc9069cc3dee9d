import * as pulumi from "@pulumi/pulumi";
import { DYNAMIC_MODULE } from "../dynamic-type";
import { ModuleResource, moduleProvider } from "../module-shim";

export interface ReachableArgs {
  /** DNS name of the seat. */
  host: pulumi.Input<string>;
  port: number;
  /** PEM text of the authority that must have signed the API's certificate. */
  authority: pulumi.Input<string>;
  /** Networks that reach the API, named in the message. A change is tried out. */
  adminCidrs: readonly string[];
  generation: pulumi.Input<string>;
  /**
   * Azure's own id of the control plane's VM. Another id in the same generation means an empty cluster in place of a
   * lost one.
   */
  vmId: pulumi.Input<string>;
}

/** Waits until the machine that runs the program reaches the seat's API. Everything in Kubernetes comes after it. */
export class Reachable extends ModuleResource {
  constructor(name: string, props: ReachableArgs, opts: pulumi.CustomResourceOptions) {
    super(
      moduleProvider("components/cluster/azure/reachable-operations.ts", "reachable"),
      name,
      props,
      opts,
      DYNAMIC_MODULE,
      "Reachable",
    );
  }
}
