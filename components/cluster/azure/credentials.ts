import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";

/**
 * What the seat's API and its callers trust, made here, so that the kubeconfig is known without a look into the VM: k3s is given the two authorities.
 * All of it is of one generation.
 */
export interface Credentials {
  readonly serverCa: Pair;
  readonly clientCa: Pair;
  readonly admin: Pair;
  readonly tokens: { readonly server: pulumi.Output<string>; readonly agent: pulumi.Output<string> };
}

/** PEM. */
export interface Pair {
  readonly certificate: pulumi.Output<string>;
  readonly key: pulumi.Output<string>;
}

const DAY = 24;
/** As long as k3s makes its own: https://docs.k3s.io/advanced#certificate-management. An authority is never renewed, only made anew with its seat. */
const AUTHORITY_HOURS = 3650 * DAY;
/** The admin's certificate is made anew by the first `up` in its last month; the seat stays. */
const ADMIN_HOURS = 365 * DAY;
const RENEWAL_HOURS = 30 * DAY;

const KEY = { algorithm: "ECDSA", ecdsaCurve: "P256" };

export function makeCredentials(name: string, opts: pulumi.CustomResourceOptions): Credentials {
  const [serverCa, clientCa] = [makeAuthority(`${name}-server-ca`, opts), makeAuthority(`${name}-client-ca`, opts)];
  const token = (of: string) =>
    new random.RandomPassword(`${name}-${of}-token`, { length: 48, special: false }, opts).result;
  return {
    serverCa,
    clientCa,
    admin: makeAdmin(`${name}-admin`, clientCa, opts),
    tokens: { server: token("server"), agent: token("agent") },
  };
}

function makeAuthority(name: string, opts: pulumi.CustomResourceOptions): Pair {
  const key = new tls.PrivateKey(`${name}-key`, KEY, opts);
  const authority = new tls.SelfSignedCert(
    name,
    {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: `istio-lab ${name}` },
      isCaCertificate: true,
      setSubjectKeyId: true,
      setAuthorityKeyId: true,
      allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
      validityPeriodHours: AUTHORITY_HOURS,
    },
    opts,
  );
  return { certificate: authority.certPem, key: key.privateKeyPem };
}

/** The group system:masters may do everything: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles */
function makeAdmin(name: string, authority: Pair, opts: pulumi.CustomResourceOptions): Pair {
  const key = new tls.PrivateKey(`${name}-key`, KEY, opts);
  const subject = { commonName: "istio-lab-admin", organization: "system:masters" };
  const request = new tls.CertRequest(`${name}-request`, { privateKeyPem: key.privateKeyPem, subject }, opts);
  const certificate = new tls.LocallySignedCert(
    name,
    {
      certRequestPem: request.certRequestPem,
      caCertPem: authority.certificate,
      caPrivateKeyPem: authority.key,
      allowedUses: ["digital_signature", "client_auth"],
      validityPeriodHours: ADMIN_HOURS,
      earlyRenewalHours: RENEWAL_HOURS,
    },
    opts,
  );
  return { certificate: certificate.certPem, key: key.privateKeyPem };
}

/** The public half of a key whose private half nobody is shown: Azure wants one for each Linux VM, also where port 22 is shut. */
export function makeLoginKey(name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const key = new tls.PrivateKey(`${name}-login-key`, { algorithm: "RSA", rsaBits: 3072 }, opts);
  return key.publicKeyOpenssh.apply((text) => text.trim());
}

/**
 * What an agent joins with: the hash of the server's authority as its file has it, then the agents' token.
 * @see https://docs.k3s.io/cli/token#secure
 */
export function joinToken(authority: string, token: string): string {
  return `K10${createHash("sha256").update(authority).digest("hex")}::node:${token}`;
}
