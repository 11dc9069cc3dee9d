import { parse } from "yaml";
import { isMap } from "../../../base/values";

/**
 * Where two objects differ: `spec.template.spec.containers.kiali.image`. Entries of a list are told by their name where they have one; YAML in a ConfigMap's text is
 * compared as what it says. What says nothing (null, an empty map) is as good as absent.
 */
export function differences(before: unknown, after: unknown): string[] {
  return below("", meaning(before), meaning(after)).sort();
}

function below(path: string, before: unknown, after: unknown): string[] {
  const [one, other] = [before ?? {}, after ?? {}];
  if (isMap(one) && isMap(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...keys].flatMap((key) => below(path === "" ? key : `${path}.${key}`, one[key], other[key]));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [path];
}

function meaning(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) {
    const names = value.map((entry) => (isMap(entry) ? (entry.name ?? entry.job_name) : undefined));
    const named =
      names.every((name) => typeof name === "string") && new Set(names).size === names.length && names.length > 0;
    return named
      ? Object.fromEntries(value.map((entry, index) => [names[index], meaning(entry)]))
      : value.map((entry) => meaning(entry));
  }
  if (typeof value === "string" && /\.ya?ml$/.test(key)) return meaning(parse(value));
  if (!isMap(value)) return value ?? undefined;
  const said = Object.entries(value)
    .map(([key, inner]) => [key, meaning(inner, key)] as const)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return said.length > 0 ? Object.fromEntries(said) : undefined;
}
