import { createPrivateKey, createPublicKey } from "node:crypto";

/** The forms in which a secret could stand in a file in the clear; of a private key only what its public key does not say as well. */
export function formsOf(secret: string): string[] {
  const decoded = Buffer.from(secret, "base64").toString();
  const text = decoded.includes("-----BEGIN") ? decoded : secret;
  if (!text.includes("-----BEGIN")) return [text];
  // Certificates are no secrets, wherever they travel.
  if (!text.includes("PRIVATE KEY")) return [];
  const known = createPublicKey(createPrivateKey(text)).export({ type: "spki", format: "der" });
  const lines = text.split("\n").filter((line) => line.length > 30 && !line.startsWith("-----"));
  const inPem = lines.filter((line) => !known.includes(Buffer.from(line, "base64")));
  // As base64 of the whole file, cut so that no piece is the public key's.
  const inBase64 = Buffer.from(text).toString("base64").match(/.{60}/g)!.slice(1, 4);
  return [...inPem, ...inBase64];
}
