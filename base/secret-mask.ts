/*
 * The last line of defence. Whatever we write is masked where a secret stands in it, such as in another program's answer. The first line is `Given.shown`:
 * nobody puts a secret into a text.
 */

/** As Pulumi's CLI writes it. */
const MASK = "[secret]";
/** A shorter one would be found in words that are none. */
const SHORTEST = 8;

const known = new Set<string>();
let pattern: RegExp | undefined;

/**
 * Masks this secret from now on, in all its spellings. One of several parts, such as a kubeconfig, is masked as a whole and part by part: its keys and tokens.
 * @param except words that stand in messages by right, such as those of the config itself
 */
export function keepSecret(secret: string, except: ReadonlySet<string> = new Set()): void {
  for (const part of [secret, secret.trim(), ...secretParts(secret)]) {
    if (part.length < SHORTEST || except.has(part) || known.has(part)) continue;
    spellings(part).forEach((spelling) => known.add(spelling));
    pattern = undefined;
  }
}

/** The text with every known secret masked. */
export function masked(text: string): string {
  if (known.size === 0) return text;
  // The longest first: a part of another secret must not leave the rest of that behind.
  pattern ??= new RegExp(
    [...known]
      .sort((one, other) => other.length - one.length)
      .map((spelling) => spelling.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"))
      .join("|"),
    "g",
  );
  return text.replace(pattern, MASK);
}

/** Masks what goes to a stream. */
export function maskStream(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...rest: unknown[]) =>
    write(typeof chunk === "string" ? masked(chunk) : chunk, ...rest);
}

/** What no message may have of the surroundings: what opens a backend or a cloud, by the names that Pulumi and the clouds give it. */
export function keepSecretsOf(env: Readonly<Record<string, string | undefined>>): void {
  for (const name of SECRET_VARIABLES) if (env[name]) keepSecret(env[name]);
  const url = env.PULUMI_BACKEND_URL ?? "";
  const [, password] = /^[a-z0-9+.-]+:\/\/[^/@:]*:([^/@]+)@/i.exec(url) ?? [];
  for (const value of [
    password,
    ...[...url.matchAll(/[?&][\w-]*(?:password|secret|token|sig|key)[\w-]*=([^&]+)/gi)].map(([, value]) => value),
  ]) {
    if (value !== undefined) keepSecret(decoded(value));
  }
}

const SECRET_VARIABLES = [
  "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET", "AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN",
  "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GOOGLE_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN", "VAULT_TOKEN",
] as const; // prettier-ignore

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** The keys, tokens and passwords in a kubeconfig, a PEM or the like. Names and addresses in it are no secrets. */
function secretParts(secret: string): string[] {
  const named = [
    ...secret.matchAll(
      /\b(?:token|password|secret|[\w-]*-(?:token|secret|key-data))["']?\s*[:=]\s*["']?([^\s"',}]+)/gi,
    ),
  ].map(([, value]) => value!);
  const dense = (secret.match(/[A-Za-z0-9+/_-]{32,}={0,2}/g) ?? []).filter((text) =>
    [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(text)),
  );
  return [...named, ...dense];
}

function spellings(text: string): string[] {
  const once = inJson(text);
  const twice = inJson(once);
  const base64 = Buffer.from(text).toString("base64");
  return [
    text,
    once,
    twice,
    inJson(twice),
    oneLine(text),
    encodeURIComponent(text),
    encodeURI(text),
    base64.replace(/=+$/, ""),
    ...shifted(text),
  ];
}

/** As boards show a text of several lines. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Where it stands in the base64 of a longer text, its place there decides how it reads; the characters at its ends are not its alone. */
function shifted(text: string): string[] {
  if (text.length < 2 * SHORTEST) return [];
  return [1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), Buffer.from(text)])
      .toString("base64")
      .replace(/=+$/, "")
      .slice(before + 1, -2),
  );
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
