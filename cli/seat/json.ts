import { isMap } from "../../base/values";

/** Readers for objects that may lack anything. Missing values read as empty; nothing throws. */

export type Bag = Readonly<Record<string, unknown>>;

/** The value below `path`; undefined where the path ends early. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  );
}

export function mapAt(value: unknown, ...path: (string | number)[]): Bag {
  const found = at(value, ...path);
  return isMap(found) ? found : {};
}

export function listAt(value: unknown, ...path: (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The maps of a list, without its other elements. */
export function mapsAt(value: unknown, ...path: (string | number)[]): readonly Bag[] {
  return listAt(value, ...path).filter(isMap);
}

export function textAt(value: unknown, ...path: (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

export function textsAt(value: unknown, ...path: (string | number)[]): readonly string[] {
  return listAt(value, ...path).filter((item): item is string => typeof item === "string");
}

/** Whether two values are equal in JSON. `shown` cannot compare them, because it shortens its text. */
export function isAlike(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Formats a value for a hint: short, on one line. */
export function shown(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

/** Whether `labels` has all of `selector`. An empty selector selects nothing here. */
export function selects(selector: unknown, labels: unknown): boolean {
  const wanted = isMap(selector) ? Object.entries(selector) : [];
  return wanted.length > 0 && wanted.every(([key, value]) => at(labels, key) === value);
}

/** `app=reviews,version=v1`, as `kubectl -l` takes it. */
export function labelText(labels: unknown): string {
  return isMap(labels)
    ? Object.entries(labels)
        .map(([key, value]) => `${key}=${String(value)}`)
        .join(",")
    : "";
}
