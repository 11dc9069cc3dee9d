import * as pulumi from "@pulumi/pulumi";
import { ModuleResource, moduleProvider } from "../../cluster/module-shim";

/**
 * A random key of a length that Kiali signs its sessions with. It never changes while the seat exists, so that no
 * update signs anybody out.
 */
export class SigningKey extends ModuleResource {
  /** Secret. */
  declare readonly key: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.CustomResourceOptions) {
    const provider = moduleProvider("components/addons/signing-key-operations.ts", "signingKey");
    super(provider, name, { key: undefined }, { ...opts, additionalSecretOutputs: ["key"] }, "addons", "SigningKey");
  }
}
