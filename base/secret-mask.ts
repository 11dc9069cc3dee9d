/*
 * The last line of defence: masks secrets in whatever we write, such as another program's output. The first line is
 * `Given.shown`, which keeps secrets out of texts.
 */

/** The same mask as in Pulumi's CLI. */
const MASK = "[secret]";
/** A shorter secret would also match ordinary words. */
const SHORTEST = 8;

const known = new Set<string>();
let pattern: RegExp | undefined;

/**
 * Masks this secret from now on, in all its spellings. A secret with several parts, such as a kubeconfig, is masked
 * as a whole and by its keys and tokens.
 * @param except words that messages may show, such as those of the config itself
 */
export function keepSecret(secret: string, except: ReadonlySet<string> = new Set()): void {
  for (const part of [secret, secret.trim(), ...secretParts(secret)]) {
    if (part.length < SHORTEST || except.has(part) || known.has(part)) continue;
    spellings(part).forEach((spelling) => known.add(spelling));
    pattern = undefined;
  }
}

/** Returns the text with every known secret masked. */
export function masked(text: string): string {
  if (known.size === 0) return text;
  // The longest spelling comes first. Otherwise masking a part would leave the rest of a longer secret visible.
  pattern ??= new RegExp(
    [...known]
      .sort((one, other) => other.length - one.length)
      .map((spelling) => spelling.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"))
      .join("|"),
    "g",
  );
  return text.replace(pattern, MASK);
}

/** Masks everything that is written to a stream. */
export function maskStream(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...rest: unknown[]) =>
    write(typeof chunk === "string" ? masked(chunk) : chunk, ...rest);
}

/**
 * Masks the environment's credentials for backends and clouds, by the variable names that Pulumi and the clouds use.
 */
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

/**
 * Finds the keys, tokens and passwords in a kubeconfig, a PEM text or similar. Names and addresses are not secrets.
 */
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

/** The text on one line, as boards show it. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/**
 * Returns the base64 spellings of a secret inside a longer text, which depend on its offset there. The characters at
 * both ends also encode neighbouring text, so they are dropped.
 */
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
