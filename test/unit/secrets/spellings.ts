import fc from "fast-check";
import { stringify } from "yaml";

/** The spellings in which a secret could stand in a text: as it is, in JSON, JSON in JSON, YAML, base64, a URL, a shell's quotes; and each long line of it. */
export function spellings(secret: string): string[] {
  const lines = secret
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= 8);
  return [...new Set([secret, secret.trim(), ...lines])]
    .flatMap((text) => [
      text,
      inJson(text),
      inJson(inJson(text)),
      inJson(inJson(inJson(text))),
      stringify(text, { lineWidth: 0 }).trim(),
      ...[0, 1, 2].map((skip) => Buffer.from(text.slice(skip)).toString("base64").slice(0, -4)),
      encodeURIComponent(text),
      encodeURI(text),
      text.replaceAll("'", "'\\''"),
    ])
    .filter((text) => text.length >= 6);
}

/** The spelling of it that stands in the text; undefined where none does. */
export function leakOf(secret: string, text: string): string | undefined {
  return spellings(secret).find((spelling) => text.includes(spelling));
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

// Begins with what no message has in it, so that what is found is the secret.
const marked = (arbitrary: fc.Arbitrary<string>) => arbitrary.map((text) => `zQ7${text}xJ9`);
const signs = fc.constantFrom(
  '"',
  "'",
  "\\",
  "\n",
  "\r\n",
  "\t",
  ": ",
  "- ",
  "{",
  "}",
  "[",
  "]",
  "#",
  "&a ",
  "*a",
  "%",
  "$",
  "`",
  "<",
  ">",
  "é",
  "漢",
  "🔑",
  "\u001b[31m",
  "\u0000",
  " ",
  "a",
  "B",
  "7",
  ".",
);

/** Secrets with all that a quoting, a pattern or an escape could trip over. */
export const secretText = marked(
  fc.oneof(
    fc.array(signs, { minLength: 4, maxLength: 24 }).map((parts) => parts.join("")),
    fc.base64String({ minLength: 8, maxLength: 400 }),
    fc.string({ unit: "grapheme", minLength: 6, maxLength: 40 }),
    fc.stringMatching(/^[a-z][a-z0-9-]{6,30}$/),
    fc
      .base64String({ minLength: 40, maxLength: 120 })
      .map((token) => `\napiVersion: v1\nkind: Config\nusers:\n- name: me\n  user: {token: "${token}"}\n`),
    fc
      .base64String({ minLength: 60, maxLength: 200 })
      .map((body) => `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`),
  ),
);

/** Numbers that stand in no message by chance. */
export const secretNumber = fc.integer({ min: 734_000_001, max: 999_999_999 });
