import * as pulumi from "@pulumi/pulumi";
import { ModuleResource, moduleProvider } from "../cluster/module-shim";

/**
 * A self-signed certificate for `host` and its key. It is valid for a year, and replaced when less than 30 days are
 * left.
 */
export class SelfSignedCertificate extends ModuleResource {
  /** PEM text. */
  declare readonly certificate: pulumi.Output<string>;
  /** PEM text; secret. */
  declare readonly key: pulumi.Output<string>;

  constructor(name: string, props: { host: string }, opts?: pulumi.CustomResourceOptions) {
    const computed = { certificate: undefined, key: undefined, notAfter: undefined };
    const provider = moduleProvider("components/mesh/certificate-operations.ts", "certificate");
    super(
      provider,
      name,
      { ...computed, ...props },
      { ...opts, additionalSecretOutputs: ["key"] },
      "mesh",
      "Certificate",
    );
  }
}
