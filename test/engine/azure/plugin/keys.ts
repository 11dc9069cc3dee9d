import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  webcrypto,
  type KeyObject,
} from "node:crypto";

const [publicKeyEncoding, privateKeyEncoding] = [
  { type: "spki", format: "pem" },
  { type: "pkcs8", format: "pem" },
] as const;

/**
 * A new private key, by the inputs of `tls.PrivateKey` and their defaults. It is read from its own PEM, because Node 20
 * deadlocks where the garbage collector frees the job that generated a key while that very key is exported.
 */
export function newKey(algorithm: string, curve = "P224", bits = 2048): KeyObject {
  if (algorithm === "RSA")
    return createPrivateKey(
      generateKeyPairSync("rsa", { modulusLength: bits, publicKeyEncoding, privateKeyEncoding }).privateKey,
    );
  if (algorithm === "ED25519")
    return createPrivateKey(generateKeyPairSync("ed25519", { publicKeyEncoding, privateKeyEncoding }).privateKey);
  if (algorithm === "ECDSA")
    return createPrivateKey(
      generateKeyPairSync("ec", { namedCurve: curve.replace(/^P/, "P-"), publicKeyEncoding, privateKeyEncoding })
        .privateKey,
    );
  throw new Error(`${algorithm} is no algorithm of tls.PrivateKey; there are RSA, ECDSA, ED25519`);
}

/** As the provider writes it: SEC 1 for elliptic curves, PKCS #1 for RSA, PKCS #8 for Ed25519. */
export function privatePem(key: KeyObject): string {
  const types: Record<string, "sec1" | "pkcs1"> = { ec: "sec1", rsa: "pkcs1" };
  return key.export({ type: types[key.asymmetricKeyType!] ?? "pkcs8", format: "pem" } as never).toString();
}

export function pkcs8Pem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

export function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
}

/** `ssh-ed25519 AAAA…`, one line of authorized_keys (RFC 4253 section 6.6, RFC 8709); undefined for elliptic curves. */
export function openssh(key: KeyObject): { line: string; sha256: string } | undefined {
  const jwk = createPublicKey(key).export({ format: "jwk" }) as { e?: string; n?: string; x?: string };
  const bytes = (text: string) => Buffer.from(text, "base64url");
  // A leading zero keeps a number of the wire format positive.
  const number = (text: string) =>
    bytes(text)[0]! >= 128 ? Buffer.concat([Buffer.from([0]), bytes(text)]) : bytes(text);
  const parts: Record<string, Buffer[]> = {
    rsa: [Buffer.from("ssh-rsa"), number(jwk.e ?? ""), number(jwk.n ?? "")],
    ed25519: [Buffer.from("ssh-ed25519"), bytes(jwk.x ?? "")],
  };
  const fields = parts[key.asymmetricKeyType!];
  if (fields === undefined) return undefined;
  const blob = Buffer.concat(fields.flatMap((field) => [lengthOf(field), field]));
  const digest = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return { line: `${fields[0]!.toString()} ${blob.toString("base64")}\n`, sha256: `SHA256:${digest}` };
}

function lengthOf(field: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(field.length);
  return length;
}

/** A pair for Web Crypto, which the certificate library works with. */
export async function webKeys(
  pem: string,
): Promise<{ privateKey: webcrypto.CryptoKey; publicKey: webcrypto.CryptoKey; signing: object }> {
  const key = createPrivateKey(pem);
  const curves: Record<string, string> = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };
  const namedCurve = curves[key.asymmetricKeyDetails?.namedCurve ?? ""];
  if (key.asymmetricKeyType !== "rsa" && namedCurve === undefined)
    throw new Error("certificates of this stand-in are signed with RSA or with P256, P384, P521");
  const algorithm =
    namedCurve === undefined ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } : { name: "ECDSA", namedCurve };
  const [pkcs8, spki] = [
    key.export({ type: "pkcs8", format: "der" }),
    createPublicKey(key).export({ type: "spki", format: "der" }),
  ];
  return {
    privateKey: await webcrypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]),
    publicKey: await webcrypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]),
    signing: { ...algorithm, hash: "SHA-256" },
  };
}
