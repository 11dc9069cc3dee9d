import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { certificateUser, clusterAt, kubeconfigText, singleContext } from "../../../kube";

/**
 * Certificates and tokens of the seat, all of one generation. They are created here and given to k3s, so that the
 * kubeconfig is known without access to the VM.
 */
export interface Credentials {
  readonly serverCa: Pair;
  readonly clientCa: Pair;
  readonly admin: Pair;
  readonly tokens: { readonly server: pulumi.Output<string>; readonly agent: pulumi.Output<string> };
}

/** PEM texts. */
interface Pair {
  readonly certificate: pulumi.Output<string>;
  readonly key: pulumi.Output<string>;
}

const DAY = 24;
/**
 * Lifetime of an authority, the same as k3s' own: https://docs.k3s.io/advanced#certificate-management. An authority
 * is never renewed: a new one comes with a new seat.
 */
const AUTHORITY_HOURS = 3650 * DAY;
/** The first `up` in the last month of the admin's certificate renews it. The seat stays. */
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

/**
 * Creates a login key and returns its public half. Azure requires one for every Linux VM, even where port 22 is shut.
 * Nobody is shown the private half.
 */
export function makeLoginKey(name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const key = new tls.PrivateKey(`${name}-login-key`, { algorithm: "RSA", rsaBits: 3072 }, opts);
  return key.publicKeyOpenssh.apply((text) => text.trim());
}

/**
 * Returns the token that an agent joins with: the hash of the server's authority file, then the agents' token.
 * @see https://docs.k3s.io/cli/token#secure
 */
export function joinToken(authority: string, token: string): string {
  return `K10${createHash("sha256").update(authority).digest("hex")}::node:${token}`;
}

/** PEM texts. */
interface KubeconfigParts {
  readonly host: string;
  readonly port: number;
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Returns the text of a kubeconfig file for the seat's admin. */
export function kubeconfigOf({ host, port, authority, certificate, key }: KubeconfigParts): string {
  return kubeconfigText(
    singleContext("istio-lab", clusterAt(`https://${host}:${port}`, authority), certificateUser({ certificate, key })),
  );
}
