import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";

/** A certificate, with the chain below it if there is one, and its private key. Both are PEM texts. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateProblem {
  /** The half of the pair that is wrong. */
  readonly field: keyof CertificatePair;
  readonly text: string;
  /** What the certificate says instead. The caller appends it where the certificate is no secret. */
  readonly found?: string;
}

/**
 * Lists the reasons why a gateway could not serve `host` with this pair. No text shows anything of the key, or any
 * words of the certificate.
 */
export function certificateProblems(pair: CertificatePair, host: string, now: Date): CertificateProblem[] {
  const certificate = certificateOf(pair.certificate);
  const key = keyOf(pair.key);
  return [
    ...(certificate === undefined
      ? ["is not a certificate in PEM (-----BEGIN CERTIFICATE-----)"]
      : [validityProblem(certificate, now), hostProblem(certificate, host), kindProblem(certificate.publicKey)]
    ).flatMap((problem) =>
      problem === undefined
        ? []
        : [{ field: "certificate" as const, ...(typeof problem === "string" ? { text: problem } : problem) }],
    ),
    ...(key === undefined
      ? [
          {
            field: "key" as const,
            text: "is not a private key in PEM without a passphrase (-----BEGIN PRIVATE KEY-----)",
          },
        ]
      : []),
    ...(certificate && key && !certificate.checkPrivateKey(key)
      ? [{ field: "key" as const, text: "is not the key of the certificate beside it" }]
      : []),
  ];
}

/** Returns the first certificate of the chain, which is the gateway's own. */
function certificateOf(pem: string): X509Certificate | undefined {
  const chain = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return orUndefined(() => chain.map((one) => new X509Certificate(one))[0]);
}

function keyOf(pem: string): KeyObject | undefined {
  return orUndefined(() => createPrivateKey(pem));
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function validityProblem({ validFrom, validTo }: X509Certificate, now: Date): string | undefined {
  if (Date.parse(validTo) <= now.getTime()) return `expired on ${dayOf(validTo)}`;
  return Date.parse(validFrom) > now.getTime() ? `is not valid before ${dayOf(validFrom)}` : undefined;
}

function dayOf(date: string): string {
  return new Date(date).toISOString().slice(0, 10);
}

/** Compares alternative names only: browsers have ignored the common name for years. */
function hostProblem(certificate: X509Certificate, host: string): Omit<CertificateProblem, "field"> | undefined {
  if (certificate.checkHost(host, { subject: "never" }) !== undefined) return undefined;
  return { text: `is not for ${host}`, found: `; its alternative names are ${certificate.subjectAltName ?? "none"}` };
}

/**
 * Allows only keys that Envoy loads. For others, Envoy itself reports an error ("only P-256, P-384 or P-521 ECDSA
 * certificates are supported") in the gateway's log only.
 */
function kindProblem({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string | undefined {
  if (type === "rsa" && details!.modulusLength! >= 2048) return undefined;
  if (type === "ec" && ["prime256v1", "secp384r1", "secp521r1"].includes(details!.namedCurve!)) return undefined;
  const kind = [type, details?.modulusLength ?? details?.namedCurve].filter((part) => part !== undefined).join(" ");
  return `has a key of kind ${kind}; a gateway takes RSA of 2048 bits or more, and ECDSA on P-256, P-384 or P-521`;
}
