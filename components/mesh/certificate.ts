import * as pulumi from "@pulumi/pulumi";
import { moduleProvider } from "../cluster/module-shim";

/** A certificate for `host` that vouches for itself, and its key: valid for a year, and made anew when less than 30 days of it are left. */
export class SelfSignedCertificate extends pulumi.dynamic.Resource {
  /** PEM. */
  declare readonly certificate: pulumi.Output<string>;
  /** PEM; secret. */
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
