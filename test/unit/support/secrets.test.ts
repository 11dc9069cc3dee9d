import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { expect, it } from "vitest";
import { formsOf } from "../../engine/azure/secrets";

/** The search that the engine's test of the azure target makes in the state file. */
const found = (secret: string, text: string) => formsOf(secret).some((form) => text.includes(form));
const keys = {
  "SEC 1": generateKeyPairSync("ec", { namedCurve: "P-256" })
    .privateKey.export({ type: "sec1", format: "pem" })
    .toString(),
  "PKCS #1": generateKeyPairSync("rsa", { modulusLength: 2048 })
    .privateKey.export({ type: "pkcs1", format: "pem" })
    .toString(),
  "PKCS #8": generateKeyPairSync("ec", { namedCurve: "P-256" })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString(),
};
const base64 = (text: string) => Buffer.from(text).toString("base64");

it.each(Object.entries(keys))(
  "finds a key (%s) as text of JSON, in JSON within JSON, and in a kubeconfig",
  (_, key) => {
    expect(found(key, JSON.stringify({ key }))).toBe(true);
    expect(found(key, JSON.stringify({ inputs: JSON.stringify({ key }) }))).toBe(true);
    expect(found(key, `client-key-data: ${base64(key)}`)).toBe(true);
    // As a parameter carries it.
    expect(found(base64(key), JSON.stringify({ key }))).toBe(true);
    expect(found(base64(key), JSON.stringify({ parameter: base64(key) }))).toBe(true);
  },
);

it.each(Object.entries(keys))("does not take the public key of one (%s) for it", (_, key) => {
  const known = createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
  expect(found(key, JSON.stringify({ known, inBase64: base64(known) }))).toBe(false);
});

it("finds a password", () => {
  expect(formsOf("aPasswordOfThirtyTwoCharacters00")).toEqual(["aPasswordOfThirtyTwoCharacters00"]);
  expect(formsOf(base64("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"))).toEqual([]);
});
