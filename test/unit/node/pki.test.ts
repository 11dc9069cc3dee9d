import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkAuthority, issue, newAuthority, newSigningKey, type KeyPair } from "../../../embedded/node/pki";

const DAY = 86_400_000;
let authority: KeyPair;
let ca: X509Certificate;

const NOW = Date.parse("2026-03-01T12:00:00Z");

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  authority = await newAuthority("kubernetes");
  ca = new X509Certificate(authority.certificate);
});
afterAll(() => void vi.useRealTimers());

describe("an authority", () => {
  it("signs itself, may sign others, and is valid for a year", () => {
    expect(ca.ca).toBe(true);
    expect(ca.subject).toBe("CN=kubernetes");
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(ca.checkPrivateKey(createPrivateKey(authority.key))).toBe(true);
    expect((Date.parse(ca.validTo) - NOW) / DAY).toBeCloseTo(365, 1);
    expect(Date.parse(ca.validFrom)).toBeLessThan(NOW);
    expect(ca.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
  });

  it("is refused when it is none, or its key is another's", async () => {
    expect(() => checkAuthority(authority)).not.toThrow();
    const leaf = await issue(authority, { commonName: "x", usage: ["client"] });
    expect(() => checkAuthority(leaf)).toThrow("lacks CA:TRUE");
    expect(() => checkAuthority({ certificate: authority.certificate, key: leaf.key })).toThrow(
      "key does not belong to its certificate",
    );
  });
});

describe("a certificate", () => {
  it("is signed by its authority, and carries user, groups, names and use", async () => {
    const pair = await issue(authority, {
      commonName: "system:node:a, b+c=d",
      organizations: ["system:nodes"],
      usage: ["server", "client"],
      dnsNames: ["localhost", "kubernetes.default.svc"],
      addresses: ["127.0.0.1", "10.96.0.1"],
    });
    const certificate = new X509Certificate(pair.certificate);
    expect(certificate.checkIssued(ca)).toBe(true);
    expect(certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.checkPrivateKey(createPrivateKey(pair.key))).toBe(true);
    expect(certificate.toLegacyObject().subject).toMatchObject({ CN: "system:node:a, b+c=d", O: "system:nodes" });
    expect(certificate.subjectAltName).toBe(
      "DNS:localhost, DNS:kubernetes.default.svc, IP Address:127.0.0.1, IP Address:10.96.0.1",
    );
    expect(certificate.checkIP("10.96.0.1")).toBe("10.96.0.1");
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]); // serverAuth, clientAuth
  });

  it("has a number of its own", async () => {
    const request = { commonName: "x", usage: ["client" as const] };
    const numbers = await Promise.all(
      [1, 2, 3].map(async () => new X509Certificate((await issue(authority, request)).certificate).serialNumber),
    );
    expect(new Set(numbers).size).toBe(3);
  });

  it("is not accepted by another authority of the same name", async () => {
    const other = new X509Certificate((await newAuthority("kubernetes")).certificate);
    const leaf = new X509Certificate((await issue(authority, { commonName: "x", usage: ["client"] })).certificate);
    expect(leaf.verify(other.publicKey)).toBe(false);
  });
});

it("an authority with an RSA key, as other tools make them, can sign too", async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  // The same name and extensions as ours, signed by the RSA key: made by our own signer, from a borrowed certificate.
  const leaf = new X509Certificate(
    (await issue({ certificate: authority.certificate, key }, { commonName: "x", usage: ["client"] })).certificate,
  );
  expect(leaf.verify(createPublicKey(privateKey))).toBe(true);
  expect(leaf.verify(ca.publicKey)).toBe(false);
});

it("tokens are signed with a key that belongs to its public half", () => {
  const { publicKey, key } = newSigningKey();
  expect(createPublicKey(createPrivateKey(key)).export({ type: "spki", format: "pem" })).toBe(publicKey);
});
