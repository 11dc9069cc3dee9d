import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { parseConfig } from "../../../config";
import { ed25519, locked, pairFor, sec1 } from "./certificates";
import { problems } from "./problems";

type Pair = { certificate: string; key: string };

let pair: Pair;
let other: Pair;

beforeAll(async () => {
  [pair, other] = await Promise.all([pairFor(), pairFor()]);
});

const https = (https: unknown) => parseConfig({ target: "embedded", blog: JSON.stringify({ https }) }).blog.https;
const refusals = (https: unknown) => problems({ blog: JSON.stringify({ https }) });

describe("a right pair is read back as it was given", () => {
  test("P-256, in both forms of a key", () => {
    expect(https(pair)).toEqual(pair);
    expect(https({ ...pair, key: sec1(pair.key) })).toEqual({ ...pair, key: sec1(pair.key) });
  });

  test.each(["P-384", "P-521", "RSA-2048"] as const)("%s", async (kind) => {
    const made = await pairFor({ kind });
    expect(https(made)).toEqual(made);
  });

  test("among other names, and by a wildcard", async () => {
    const several = await pairFor({ hosts: ["example.org", "codewithmsmaxpro.me"] });
    expect(https(several)).toEqual(several);
  });

  test("with the chain below it", () => {
    const chain = { ...pair, certificate: pair.certificate + other.certificate };
    expect(https(chain)).toEqual(chain);
  });
});

describe("a wrong pair is refused by its half", () => {
  test("the key of another certificate", () => {
    expect(refusals({ ...pair, key: other.key })).toEqual([
      "istio-lab:blog.https.key: is not the key of the certificate beside it",
    ]);
  });

  test("another host, and a common name alone", async () => {
    expect(refusals(await pairFor({ hosts: ["example.org", "www.codewithmsmaxpro.me"] }))).toEqual([
      "istio-lab:blog.https.certificate: is not for codewithmsmaxpro.me; its alternative names are DNS:example.org, DNS:www.codewithmsmaxpro.me",
    ]);
    expect(refusals(await pairFor({ hosts: [] }))).toEqual([
      "istio-lab:blog.https.certificate: is not for codewithmsmaxpro.me; its alternative names are none",
    ]);
  });

  test("expired, or not valid yet", async () => {
    const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
    expect(refusals(await pairFor({ from: -90, to: -2 }))).toEqual([
      `istio-lab:blog.https.certificate: expired on ${day(-2)}`,
    ]);
    expect(refusals(await pairFor({ from: 2 }))).toEqual([
      `istio-lab:blog.https.certificate: is not valid before ${day(2)}`,
    ]);
  });

  test("a key of a kind that gateways do not take", async () => {
    expect(refusals(await pairFor({ kind: "RSA-1024" }))).toEqual([
      "istio-lab:blog.https.certificate: has a key of kind rsa 1024; a gateway takes RSA of 2048 bits or more, and ECDSA on P-256, P-384 or P-521",
    ]);
    expect(refusals({ ...pair, key: ed25519() })).toEqual([
      "istio-lab:blog.https.key: is not the key of the certificate beside it",
    ]);
  });

  test("no PEM, a locked key, and the halves swapped", () => {
    const noCertificate = "istio-lab:blog.https.certificate: is not a certificate in PEM (-----BEGIN CERTIFICATE-----)";
    const noKey =
      "istio-lab:blog.https.key: is not a private key in PEM without a passphrase (-----BEGIN PRIVATE KEY-----)";
    expect(refusals({ certificate: "x", key: "y" })).toEqual([noCertificate, noKey]);
    expect(refusals({ certificate: pair.certificate.replaceAll("M", "!"), key: pair.key })).toEqual([noCertificate]);
    expect(refusals({ ...pair, key: locked(pair.key) })).toEqual([noKey]);
    expect(refusals({ certificate: pair.key, key: pair.certificate })).toEqual([noCertificate, noKey]);
    expect(refusals({ ...pair, certificate: pair.certificate + other.certificate.replaceAll("M", "A") })).toEqual([
      noCertificate,
    ]);
  });

  test("a half alone, or of another type", () => {
    expect(refusals({ certificate: pair.certificate })).toEqual([
      "istio-lab:blog.https.key: is not set; valid is its private key in PEM",
    ]);
    expect(refusals({ key: pair.key })).toEqual([
      "istio-lab:blog.https.certificate: is not set; valid is a certificate in PEM",
    ]);
    expect(refusals({ certificate: 1, key: [pair.key] })).toEqual([
      "istio-lab:blog.https.certificate: a number is not a certificate in PEM",
      "istio-lab:blog.https.key: a list is not its private key in PEM",
    ]);
    expect(refusals({ ...pair, host: "x" })).toEqual([
      "istio-lab:blog.https.host: is not a key; valid: certificate, key",
    ]);
  });
});

test.each([
  ['{"replicasFollowWeights":"yes"}', 'blog.replicasFollowWeights: "yes" is not true or false'],
  ['{"replicasFollowWeights":1}', "blog.replicasFollowWeights: 1 is not true or false"],
  ['{"https":1}', "blog.https: a number is not true, false, or a map with certificate and key"],
  ['{"https":null}', "blog.https: null is not true, false, or a map with certificate and key"],
  ['{"http":true}', "blog.http: is not a key; valid: replicasFollowWeights, https"],
  ["true", "blog: a boolean is not a map with any of replicasFollowWeights, https"],
])("%s", (blog, text) => expect(problems({ blog })).toEqual([`istio-lab:${text}`]));

test("wherever a private key stands, no message shows any of it", () => {
  const places = (secret: string): Record<string, unknown>[] => [
    { blog: secret },
    { blog: [secret] },
    { blog: { https: secret } },
    { blog: { https: [secret] } },
    { blog: { https: { key: secret } } },
    { blog: { https: { key: [secret] } } },
    { blog: { https: { key: { pem: secret } } } },
    { blog: { https: { certificate: secret, key: secret } } },
    { blog: { https: { certificate: [secret], key: secret } } },
    { blog: { https: { ...pair, key: secret } } },
  ];
  const anySecret = fc.oneof(
    fc.constantFrom(pair.key, other.key, pair.key.replaceAll("\n", ""), locked(pair.key)),
    fc.base64String({ minLength: 24 }),
  );
  fc.assert(
    fc.property(anySecret, fc.nat(), (secret, index) => {
      const all = places(secret);
      const [key, value] = Object.entries(all[index % all.length]!)[0]!;
      fc.pre(!(secret === pair.key && all.length - 1 === index % all.length));
      const message = problems({ [key]: typeof value === "string" ? value : JSON.stringify(value) }).join("\n");
      const body = secret.replace(/-----[A-Z ]+-----/g, "").replace(/\s/g, "");
      for (let at = 0; at + 12 <= body.length; at += 4) expect(message).not.toContain(body.slice(at, at + 12));
    }),
  );
});
