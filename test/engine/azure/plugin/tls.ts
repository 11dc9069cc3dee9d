import { createHash, createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { annotateSecrets, plain, secret, type Bag } from "../../../../embedded/provider/wire";
import { secretOutputs } from "../../../support/azure-types";
import type { Cloud } from "../cloud";
import { newKey, openssh, pkcs8Pem, privatePem, publicPem, webKeys } from "./keys";
import type { Found, Plugin } from "./server";

/**
 * Real keys and certificates. Every input that changes makes a new one but the hours of renewal, as terraform-provider-tls has it (`RequiresReplace` on each
 * attribute of internal/provider/resource_*.go). Not there: `privateKeyOpenssh`, MD5 fingerprints, write-only inputs.
 */
export function tls(cloud: Cloud): Plugin {
  return {
    version: (require("@pulumi/tls/package.json") as { version: string }).version,
    replaces: (_token, path) => path !== "earlyRenewalHours",
    deleteBeforeReplace: false,
    create: async (token, inputs) => {
      const make = makers[token];
      if (make === undefined) throw new Error(`the stand-in for tls makes no ${token}`);
      const made = await make(plain(inputs) as Bag);
      const outputs: Bag = { ...inputs, ...made };
      annotateSecrets(outputs, inputs);
      for (const name of secretOutputs(token).filter((name) => outputs[name] !== undefined)) {
        cloud.keepSecret(plain(outputs[name]) as string);
        outputs[name] = secret(outputs[name]);
      }
      return { id: createHash("sha1").update(JSON.stringify(made)).digest("hex"), outputs };
    },
    read: async (_token, _id, state): Promise<Found> => ({ outputs: state }),
    update: async (_token, _id, state, inputs) => ({ outputs: { ...state, ...inputs } }),
    delete: async () => {},
  };
}

const makers: Record<string, (inputs: Bag) => Bag | Promise<Bag>> = {
  "tls:index/privateKey:PrivateKey": ({ algorithm, ecdsaCurve, rsaBits }) => {
    const key = newKey(algorithm, ecdsaCurve, rsaBits);
    const ssh = openssh(key);
    return {
      privateKeyPem: privatePem(key),
      privateKeyPemPkcs8: pkcs8Pem(key),
      publicKeyPem: publicPem(key),
      ...(ssh && { publicKeyOpenssh: ssh.line, publicKeyFingerprintSha256: ssh.sha256 }),
    };
  },

  "tls:index/selfSignedCert:SelfSignedCert": async (inputs) => {
    const keys = await webKeys(inputs.privateKeyPem);
    const certificate = await x509.X509CertificateGenerator.create({
      ...(await subjectAndTime(inputs, nameOf(inputs.subject))),
      issuer: nameOf(inputs.subject),
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: keys.signing as never,
      extensions: [...usages(inputs), ...alternativeNames(inputs), ...(await subjectKeyId(inputs, keys.publicKey))],
    });
    return { ...certified(certificate), keyAlgorithm: algorithmOf(inputs.privateKeyPem) };
  },

  "tls:index/certRequest:CertRequest": async (inputs) => {
    const keys = await webKeys(inputs.privateKeyPem);
    const [name, signingAlgorithm, extensions] = [
      nameOf(inputs.subject),
      keys.signing as never,
      alternativeNames(inputs),
    ];
    const request = await x509.Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm, extensions });
    return { certRequestPem: `${request.toString("pem")}\n`, keyAlgorithm: algorithmOf(inputs.privateKeyPem) };
  },

  "tls:index/locallySignedCert:LocallySignedCert": async (inputs) => {
    const request = new x509.Pkcs10CertificateRequest(inputs.certRequestPem);
    if (!(await request.verify())) throw new Error("the certificate request is not signed by its own key");
    const authority = new X509Certificate(inputs.caCertPem);
    if (!authority.checkPrivateKey(createPrivateKey(inputs.caPrivateKeyPem)))
      throw new Error("the CA's key is not that of its certificate");
    const keys = await webKeys(inputs.caPrivateKeyPem);
    const certificate = await x509.X509CertificateGenerator.create({
      ...(await subjectAndTime(inputs, request.subject)),
      issuer: new x509.X509Certificate(inputs.caCertPem).subject,
      publicKey: request.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: keys.signing as never,
      extensions: [
        ...usages(inputs),
        ...request.extensions.filter((extension) => extension instanceof x509.SubjectAlternativeNameExtension),
        ...(await subjectKeyId(inputs, request.publicKey)),
        await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return { ...certified(certificate), caKeyAlgorithm: algorithmOf(inputs.caPrivateKeyPem) };
  },
};

async function subjectAndTime({ validityPeriodHours }: Bag, subject: string) {
  const notBefore = new Date(Math.floor(Date.now() / 1000) * 1000);
  return {
    subject,
    serialNumber: `00${randomBytes(16).toString("hex")}`,
    notBefore,
    notAfter: new Date(notBefore.getTime() + validityPeriodHours * 3600_000),
  };
}

function certified(certificate: x509.X509Certificate): Bag {
  return {
    certPem: `${certificate.toString("pem")}\n`,
    validityStartTime: certificate.notBefore.toISOString(),
    validityEndTime: certificate.notAfter.toISOString(),
    readyForRenewal: false,
  };
}

function nameOf(subject: Bag = {}): string {
  const parts: [string, string][] = [
    ["CN", "commonName"],
    ["O", "organization"],
    ["OU", "organizationalUnit"],
    ["C", "country"],
    ["L", "locality"],
    ["ST", "province"],
  ];
  return new x509.Name(
    parts.filter(([, key]) => subject[key] !== undefined).map(([short, key]) => ({ [short]: [subject[key]] })),
  ).toString();
}

function usages({ allowedUses, isCaCertificate = false }: Bag): x509.Extension[] {
  const { digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment, keyAgreement, keyCertSign, cRLSign } =
    x509.KeyUsageFlags;
  const flags: Record<string, number> = {
    digital_signature: digitalSignature,
    content_commitment: nonRepudiation,
    key_encipherment: keyEncipherment,
    data_encipherment: dataEncipherment,
    key_agreement: keyAgreement,
    cert_signing: keyCertSign,
    crl_signing: cRLSign,
  };
  const extended: Record<string, x509.ExtendedKeyUsage> = {
    server_auth: x509.ExtendedKeyUsage.serverAuth,
    client_auth: x509.ExtendedKeyUsage.clientAuth,
  };
  const unknown = (allowedUses as string[]).filter((use) => !(use in flags) && !(use in extended));
  if (unknown.length > 0) throw new Error(`the stand-in for tls knows no use ${unknown.join(", ")}`);
  const usage = (allowedUses as string[]).reduce((sum, use) => sum | (flags[use] ?? 0), 0);
  const purposes = (allowedUses as string[]).flatMap((use) => extended[use] ?? []);
  return [
    new x509.BasicConstraintsExtension(isCaCertificate, undefined, true),
    ...(usage > 0 ? [new x509.KeyUsagesExtension(usage, true)] : []),
    ...(purposes.length > 0 ? [new x509.ExtendedKeyUsageExtension(purposes)] : []),
  ];
}

function alternativeNames({ dnsNames = [], ipAddresses = [] }: Bag): x509.Extension[] {
  const names: x509.JsonGeneralName[] = [
    ...dnsNames.map((value: string) => ({ type: "dns", value })),
    ...ipAddresses.map((value: string) => ({ type: "ip", value })),
  ];
  return names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : [];
}

/** Go's library gives every authority one, asked for or not. */
async function subjectKeyId(
  { setSubjectKeyId, isCaCertificate }: Bag,
  key: Parameters<typeof x509.SubjectKeyIdentifierExtension.create>[0],
) {
  return setSubjectKeyId || isCaCertificate ? [await x509.SubjectKeyIdentifierExtension.create(key)] : [];
}

function algorithmOf(pem: string): string {
  const names: Record<string, string> = { ec: "ECDSA", rsa: "RSA", ed25519: "ED25519" };
  return names[createPrivateKey(pem).asymmetricKeyType!]!;
}
