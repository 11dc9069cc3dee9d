import * as pulumi from "@pulumi/pulumi";
import type { MtlsMode } from "../../config";
import { meshObject } from "./object";

export interface NamespaceSecurityArgs {
  namespace: pulumi.Input<string>;
  /** STRICT: pods of the namespace refuse plaintext. PERMISSIVE: they accept both. */
  mtls: MtlsMode;
  /** `Istio.admission`. */
  admission: pulumi.Resource;
}

/** Who may talk to the pods of a namespace, and how. */
export class NamespaceSecurity extends pulumi.ComponentResource {
  constructor(name: string, args: NamespaceSecurityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:mesh:NamespaceSecurity", name, {}, opts);
    meshObject(
      `${name}-mtls`,
      // The name that Istio gives to the policy of a whole namespace.
      { kind: "security.istio.io/v1 PeerAuthentication", name: "default", namespace: args.namespace, spec: { mtls: { mode: args.mtls } } },
      { parent: this, dependsOn: args.admission },
    );
    this.registerOutputs();
  }
}
