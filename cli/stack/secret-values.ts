import { isMap } from "../../base/values";

/**
 * The paths of the secrets in a config value. The value may be a map, a single setting of a path, or the JSON text as
 * which Pulumi stores maps.
 */
export function secretsIn(path: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => secretsIn(`${path}[${index}]`, item));
  if (isMap(value))
    return typeof value.secure === "string"
      ? [path]
      : Object.entries(value).flatMap(([key, inner]) => secretsIn(`${path}.${key}`, inner));
  const inner = typeof value === "string" && !path.includes(".") ? inJson(value) : undefined;
  if (inner !== undefined) return secretsIn(path, inner);
  return isSecret(path, value) ? [path] : [];
}

function isSecret(path: string, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (/^(blog\.https\.key(?![\w-])|existing\.kubeconfig[.[])/.test(path)) return true;
  const text = typeof value === "string" ? value : "";
  if (/^existing(\.kubeconfig)?$/.test(path))
    return text !== "" && (path === "existing" ? text.length > LONGEST_CONTEXT || isNoPath(text) : isNoPath(text));
  return hasKey(text) || hasKey(Buffer.from(text, "base64").toString("latin1"));
}

/** A short name in place of the map `existing` is a mistake and not a secret. The program reports it. */
const LONGEST_CONTEXT = 100;

/** Whether the text cannot be a file path: several lines, words of a kubeconfig, a token, or the base64 of these. */
function isNoPath(text: string): boolean {
  return (
    /[\n\r{]|apiVersion|:\s/.test(text) ||
    text.length > 1024 ||
    /^eyJ[\w-]/.test(text) ||
    hasKey(text) ||
    isEncoded(text)
  );
}

/**
 * Whether the text is base64 of readable text. A path such as `/etc/kubeconfig` is not: it would decode to unreadable
 * bytes.
 */
function isEncoded(text: string): boolean {
  return (
    /^[A-Za-z0-9+/_-]{24,}={0,2}$/.test(text) &&
    /^[\t\n\r\x20-\x7e]+$/.test(Buffer.from(text, "base64").toString("latin1"))
  );
}

function hasKey(text: string): boolean {
  return /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text);
}

/** The list or map that a JSON text holds; undefined for anything else. */
function inJson(text: string): unknown {
  try {
    const inner: unknown = JSON.parse(text);
    return typeof inner === "object" && inner !== null ? inner : undefined;
  } catch {
    return undefined;
  }
}
