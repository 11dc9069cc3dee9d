import { readYamlText } from "../base/yaml";
import { isMap } from "../base/values";
import { isWithin } from "./config-value";

/**
 * Lists the texts of a config that were set as secrets: every value, and the keys of maps that are secret as a whole.
 * @param raw key without namespace → text, which is JSON for lists and maps
 * @param secrets paths that were set as secrets
 */
export function secretTexts(raw: Readonly<Record<string, string>>, secrets: readonly string[]): string[] {
  return Object.entries(raw).flatMap(([key, text]) =>
    secrets.some((secret) => isWithin(secret, key)) ? textsIn(key, valueOf(text), secrets) : [],
  );
}

function textsIn(path: string, value: unknown, secrets: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(`${path}[${index}]`, item, secrets));
  const isSecret = secrets.some((secret) => isWithin(path, secret));
  if (isMap(value))
    return Object.entries(value).flatMap(([key, inner]) => [
      ...(isSecret ? [key] : []),
      ...textsIn(`${path}.${key}`, inner, secrets),
    ]);
  return isSecret && (typeof value === "string" || typeof value === "number") ? [String(value)] : [];
}

/** Parses a key's text as JSON. Text that is no JSON is returned as it is. */
export function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Lists the paths of the secrets in a stack's file, for the keys of a namespace. Empty where the file cannot be read,
 * or where an environment may add more at the same keys.
 */
export function lockedPathsIn(file: string, namespace: string): string[] {
  const { config = {}, environment } = (readYamlText(file).value ?? {}) as {
    config?: Record<string, unknown>;
    environment?: unknown;
  };
  if (environment !== undefined) return [];
  return Object.entries(config ?? {}).flatMap(([key, value]) =>
    key.startsWith(`${namespace}:`) ? lockedIn(key.slice(namespace.length + 1), value) : [],
  );
}

function lockedIn(path: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => lockedIn(`${path}[${index}]`, item));
  if (!isMap(value)) return [];
  if (typeof value.secure === "string" && Object.keys(value).length === 1) return [path];
  return Object.entries(value).flatMap(([key, inner]) => lockedIn(`${path}.${key}`, inner));
}

/**
 * Returns the secret paths of keys that contain secrets: those from the file, or the whole key where the file names
 * none.
 */
export function secretPaths(keys: readonly string[], locked: readonly string[]): string[] {
  return keys.flatMap((key) => {
    const paths = locked.filter((path) => isWithin(path, key));
    return paths.length > 0 ? paths : [key];
  });
}
