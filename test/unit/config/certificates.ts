import { createPrivateKey, generateKeyPairSync, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

export interface Wanted {
  /** DNS names. @default codewithmsmaxpro.me */
  hosts?: string[];
  /** Days from now. @default yesterday */
  from?: number;
  /** Days from now. @default in 90 days */
  to?: number;
  /** @default P-256 */
  kind?: "P-256" | "P-384" | "P-521" | "RSA-2048" | "RSA-1024";
}

/** A self-signed pair as a trainer might bring it. */
export async function pairFor({
  hosts = ["codewithmsmaxpro.me"],
  from = -1,
  to = 90,
  kind = "P-256",
}: Wanted = {}): Promise<{ certificate: string; key: string }> {
  const rsa = {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: kind === "RSA-1024" ? 1024 : 2048,
  };
  const algorithm = kind.startsWith("P-") ? { name: "ECDSA", namedCurve: kind, hash: "SHA-256" } : rsa;
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=codewithmsmaxpro.me",
    notBefore: day(from),
    notAfter: day(to),
    keys,
    signingAlgorithm: algorithm,
    extensions:
      hosts.length > 0
        ? [new x509.SubjectAlternativeNameExtension(hosts.map((value) => ({ type: "dns" as const, value })))]
        : [],
  });
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  return { certificate: `${certificate.toString("pem")}\n`, key: `${key}\n` };
}

/** The same key in the older form, and locked with a passphrase. */
export const sec1 = (key: string) => createPrivateKey(key).export({ type: "sec1", format: "pem" }).toString();
export const locked = (key: string) =>
  createPrivateKey(key).export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" }).toString();

/** A key of a kind that gateways do not take, and that x509 above cannot sign with. */
export const ed25519 = () =>
  generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
