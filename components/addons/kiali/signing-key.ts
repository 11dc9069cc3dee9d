import * as pulumi from "@pulumi/pulumi";
import { moduleProvider } from "../../cluster/module-shim";

/** A random text of the length that Kiali signs its sessions with. It stays the same until the seat goes, so that nobody is signed out by an update. */
export class SigningKey extends pulumi.dynamic.Resource {
  /** Secret. */
  declare readonly key: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.CustomResourceOptions) {
    const provider = moduleProvider("components/addons/signing-key-operations.ts", "signingKey");
    super(provider, name, { key: undefined }, { ...opts, additionalSecretOutputs: ["key"] }, "addons", "SigningKey");
  }
}
