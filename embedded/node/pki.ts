import { SeatError } from "../../base/seat-error";
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  webcrypto,
  X509Certificate,
  type KeyObject,
} from "node:crypto";
import type * as x509 from "@peculiar/x509";

/** A certificate and its private key, both as PEM. The key is PKCS #8. */
export interface KeyPair {
  certificate: string;
  key: string;
}

/** The contents of a certificate. */
export interface CertificateRequest {
  /** Subject: the user name in Kubernetes. */
  commonName: string;
  /** Subject: the groups in Kubernetes. @default none */
  organizations?: string[];
  /** Whether its owner answers TLS connections, opens them, or both. */
  usage: ("server" | "client")[];
  /** @default none */
  dnsNames?: string[];
  /** @default none */
  addresses?: string[];
}

/** The certificate library takes a moment to load, so only code that makes certificates loads it. */
const library = () => import("@peculiar/x509");

/** How long a certificate is valid, in days. A seat is for a course, not for years. */
const VALID_DAYS = 365;

/**
 * How far the start of validity lies in the past, in milliseconds. Clocks of other machines that use the kubeconfig
 * may be slow.
 */
const LEEWAY = 3600_000;

/**
 * Returns a new pair of keys, read from its own PEM. Node 20 deadlocks where the garbage collector frees the job that
 * generated a key while that very key is exported: both lock the key's mutex (KeyGenJob::~KeyGenJob).
 */
function newKeys(): { publicKey: KeyObject; privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return { publicKey: createPublicKey(publicKey), privateKey: createPrivateKey(privateKey) };
}

/** A new certificate authority. */
export async function newAuthority(commonName: string): Promise<KeyPair> {
  const x509 = await library();
  const keys = newKeys();
  const name = await nameOf(commonName, []);
  return sign(keys, name, { name, key: keys.privateKey }, [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(
      x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
      true,
    ),
  ]);
}

/** A new key with a certificate that `authority` signed. */
export async function issue(authority: KeyPair, request: CertificateRequest): Promise<KeyPair> {
  const x509 = await library();
  const keys = newKeys();
  const usages = { server: x509.ExtendedKeyUsage.serverAuth, client: x509.ExtendedKeyUsage.clientAuth };
  const names: x509.JsonGeneralName[] = [
    ...(request.dnsNames ?? []).map((value) => ({ type: "dns" as const, value })),
    ...(request.addresses ?? []).map((value) => ({ type: "ip" as const, value })),
  ];
  const issuer = {
    name: new x509.X509Certificate(authority.certificate).subject,
    key: createPrivateKey(authority.key),
  };
  return sign(keys, await nameOf(request.commonName, request.organizations ?? []), issuer, [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension(request.usage.map((use) => usages[use])),
    ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
  ]);
}

/** A new key pair for signing tokens. Unlike in other pairs, the public half is a bare public key. */
export function newSigningKey(): { publicKey: string; key: string } {
  const keys = newKeys();
  return { publicKey: keys.publicKey.export({ type: "spki", format: "pem" }).toString(), key: pem(keys.privateKey) };
}

/**
 * Checks a given certificate authority.
 *
 * @throws one message that says what is wrong: it is not an authority, it has expired, or the key does not match.
 */
export function checkAuthority(authority: KeyPair): void {
  const certificate = new X509Certificate(authority.certificate);
  if (!certificate.ca)
    throw new SeatError(`The certificate ${certificate.subject} is not an authority's: it lacks CA:TRUE.`);
  if (Date.parse(certificate.validTo) < Date.now())
    throw new SeatError(`The authority's certificate expired on ${certificate.validTo}.`);
  if (!certificate.checkPrivateKey(createPrivateKey(authority.key)))
    throw new SeatError("The authority's key does not belong to its certificate.");
}

async function sign(
  keys: { publicKey: KeyObject; privateKey: KeyObject },
  subject: string,
  issuer: { name: string; key: KeyObject },
  extensions: x509.Extension[],
): Promise<KeyPair> {
  const x509 = await library();
  const now = Date.now();
  const issuerKeys = await webKeys(issuer.key);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `00${randomBytes(16).toString("hex")}`, // the zero byte keeps it positive
    subject,
    issuer: issuer.name,
    notBefore: new Date(now - LEEWAY),
    notAfter: new Date(now + VALID_DAYS * 86_400_000),
    publicKey: (await webKeys(keys.privateKey)).publicKey,
    signingKey: issuerKeys.privateKey,
    signingAlgorithm: { ...issuerKeys.privateKey.algorithm, hash: "SHA-256" },
    extensions: [
      ...extensions,
      await x509.SubjectKeyIdentifierExtension.create((await webKeys(keys.privateKey)).publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuerKeys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, key: pem(keys.privateKey) };
}

/** The same keys for the Web Crypto interface, which the certificate library uses. */
async function webKeys(key: KeyObject): Promise<{ publicKey: webcrypto.CryptoKey; privateKey: webcrypto.CryptoKey }> {
  const curve = key.asymmetricKeyDetails?.namedCurve === "secp384r1" ? "P-384" : "P-256";
  const algorithm =
    key.asymmetricKeyType === "rsa"
      ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }
      : { name: "ECDSA", namedCurve: curve };
  const [pkcs8, spki] = [
    key.export({ type: "pkcs8", format: "der" }),
    createPublicKey(key).export({ type: "spki", format: "der" }),
  ];
  return {
    privateKey: await webcrypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]),
    publicKey: await webcrypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]),
  };
}

async function nameOf(commonName: string, organizations: string[]): Promise<string> {
  const x509 = await library();
  return new x509.Name([{ CN: [commonName] }, ...organizations.map((name) => ({ O: [name] }))]).toString();
}

function pem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}
