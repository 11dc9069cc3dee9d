import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import type { DynamicOperations } from "../cluster/module-shim";
import type { CertificatePair } from "./certificate-rules";

export interface CertificateInputs {
  host: string;
}

export interface CertificateState extends CertificateInputs, CertificatePair {
  /** ISO 8601. */
  notAfter: string;
}

const DAY = 86_400_000;
const VALID_DAYS = 365;
/**
 * Days. With less time left, the next `up` replaces the certificate. This is longer than a course, so that none
 * expires during one.
 */
const RENEW_DAYS = 30;
/** Milliseconds by which callers' clocks may be behind. */
const LEEWAY = 3_600_000;

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** The operations that module-shim.ts loads in Pulumi's dynamic plugin. The program itself never loads them. */
export const certificate: DynamicOperations<CertificateInputs, CertificateState> = {
  async diff(_id, olds, news) {
    const replaces = [
      ...(olds.host === news.host ? [] : ["host"]),
      ...(Date.parse(olds.notAfter) - Date.now() < RENEW_DAYS * DAY ? ["notAfter"] : []),
    ];
    return { changes: replaces.length > 0, replaces };
  },

  async create({ host }) {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const notAfter = new Date(Date.now() + VALID_DAYS * DAY);
    const made = await x509.X509CertificateGenerator.createSelfSigned({
      name: new x509.Name([{ CN: [host] }]).toString(),
      notBefore: new Date(Date.now() - LEEWAY),
      notAfter,
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([{ type: "dns", value: host }]),
      ],
    });
    const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
    return {
      id: made.serialNumber,
      outs: { host, certificate: `${made.toString("pem")}\n`, key: `${key}\n`, notAfter: notAfter.toISOString() },
    };
  },

  // Only the state knows the certificate.
  read: async (id, props) => ({ id, props }),
  update: async () => {
    throw new Error("Every change of this resource is a replacement.");
  },
  delete: async () => {},
};
