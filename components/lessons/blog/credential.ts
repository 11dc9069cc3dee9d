import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { SelfSignedCertificate } from "../../mesh/certificate";
import type { CertificatePair } from "../../mesh/certificate-rules";
import type { Istio } from "../../mesh/istio";
import { blogHost } from "./settings";

export interface BlogCredentialArgs {
  /** The pair that the gateway serves, or true for a self-signed one. */
  given: true | CertificatePair;
  mesh: Istio;
}

/**
 * The Secret with the blog's certificate. It is in the gateway's namespace, because the gateway reads it from no
 * other.
 */
export class BlogCredential extends pulumi.ComponentResource {
  /** The Secret's name. */
  readonly credentialName: pulumi.Output<string>;

  constructor(name: string, { given, mesh }: BlogCredentialArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:lessons:BlogCredential", name, {}, opts);
    const { certificate, key } =
      given === true ? new SelfSignedCertificate(`${name}-certificate`, { host: blogHost }, { parent: this }) : given;
    const secret = new k8s.core.v1.Secret(
      `${name}-secret`,
      {
        metadata: { name: "my-blog-credential", namespace: mesh.ingressNamespace },
        type: "kubernetes.io/tls",
        // The SDK marks all data of a Secret as secret.
        data: { "tls.crt": base64(certificate), "tls.key": base64(key) },
      },
      { parent: this },
    );
    this.credentialName = secret.metadata.name;
    this.registerOutputs();
  }
}

function base64(text: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.output(text).apply((plain) => Buffer.from(plain).toString("base64"));
}
