import * as pulumi from "@pulumi/pulumi";
import { DYNAMIC_MODULE } from "../dynamic-type";
import { moduleProvider } from "../module-shim";

export interface ReachableArgs {
  /** Name of the seat. */
  host: pulumi.Input<string>;
  port: number;
  /** PEM: what the API's certificate must be signed by. */
  authority: pulumi.Input<string>;
  /** Who is let in, for the message; a change is tried out. */
  adminCidrs: readonly string[];
  generation: pulumi.Input<string>;
  /** Azure's own id of the control plane's VM: another one in the same generation is an empty cluster in the place of a lost one. */
  vmId: pulumi.Input<string>;
}

/** Ends only when the machine that runs the program reaches the seat's API. Everything in Kubernetes comes after it. */
export class Reachable extends pulumi.dynamic.Resource {
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
