import { isMap } from "../../base/values";
import { at, type Bag } from "../seat/json";

/** A field of an object in two states. */
export interface Field {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Compares two states of an object field by field. List elements are matched by their name, where they have one, and a
 * route's destinations by service and version. So inserting one destination does not count as a change of the next.
 */
export function fieldsOf(before: unknown, after: unknown, path = "", list = ""): Field[] {
  if (canonical(before) === canonical(after)) return [];
  if (isMap(before) && isMap(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => fieldsOf(at(before, key), at(after, key), `${path}${step(key, path)}`, key));
  }
  if (Array.isArray(before) && Array.isArray(after) && [before, after].every((items) => items.every(isMap)))
    return ofLists(before as Bag[], after as Bag[], path, list);
  return [{ path, before, after }];
}

function ofLists(before: Bag[], after: Bag[], path: string, list: string): Field[] {
  const shares = list === "route" || list === "backendRefs";
  const [from, to] = shares ? [withShares(before), withShares(after)] : [before, after];
  const names = [from, to].map((items) => items.map((item) => nameOf(item, list)));
  if (!names.every(areUnique) || !sameOrder(names[0] as string[], names[1] as string[]))
    return byIndex(before, after, path);
  const all = [...new Set([...names[0]!, ...names[1]!])] as string[];
  return all.flatMap((name) => {
    const [was, is] = [from[names[0]!.indexOf(name)], to[names[1]!.indexOf(name)]];
    const below = `${path}[${name}]`;
    // A route sends no traffic to a destination that it does not list.
    if (shares && (!was || !is))
      return [
        ...fieldsOf(was?.weight ?? 0, is?.weight ?? 0, `${below}.weight`),
        ...fieldsOf(unweighted(was), unweighted(is), below),
      ];
    return fieldsOf(was, is, below);
  });
}

function byIndex(before: Bag[], after: Bag[], path: string): Field[] {
  return Array.from({ length: Math.max(before.length, after.length) }, (_, index) =>
    fieldsOf(before[index], after[index], `${path}[${index}]`),
  ).flat();
}

/** The name of a list element; undefined where it has none. */
function nameOf(item: Bag, list: string): string | undefined {
  if (list === "route") return labelOf(item.destination);
  if (list === "backendRefs") return typeof item.name === "string" ? item.name.replace(/-(v\d+)$/, " $1") : undefined;
  if (list === "http" || Array.isArray(item.matches)) return texts(item.match ?? item.matches).join(" ") || "*";
  return typeof item.name === "string" ? item.name : undefined;
}

/** Returns e.g. `reviews v1`: a service and its version. */
function labelOf(destination: unknown): string | undefined {
  const { host, subset } = isMap(destination) ? destination : {};
  if (typeof host !== "string") return undefined;
  return typeof subset === "string" ? `${host} ${subset}` : host;
}

/**
 * A single destination without a weight gets all traffic:
 * https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRouteDestination
 */
function withShares(items: Bag[]): Bag[] {
  return items.map((item) => (item.weight === undefined && items.length === 1 ? { ...item, weight: 100 } : item));
}

function unweighted(item: Bag | undefined): Bag | undefined {
  if (item === undefined) return undefined;
  const { weight, ...rest } = item;
  return rest;
}

/** Every text of a condition, in order. */
function texts(value: unknown): string[] {
  if (value === undefined) return [];
  if (isMap(value)) return Object.values(value).flatMap(texts);
  return Array.isArray(value) ? value.flatMap(texts) : [String(value)];
}

function areUnique(names: (string | undefined)[]): boolean {
  return names.every((name) => name !== undefined) && new Set(names).size === names.length;
}

/** Whether the shared elements keep their order, since Istio evaluates a list of rules from its start. */
function sameOrder(a: string[], b: string[]): boolean {
  const both = (names: string[], others: string[]) => names.filter((name) => others.includes(name)).join("\n");
  return both(a, b) === both(b, a);
}

function step(key: string, path: string): string {
  if (!/^[\w-]+$/.test(key)) return `["${key}"]`;
  return path === "" ? key : `.${key}`;
}

/** JSON with sorted keys: equal values give equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isMap(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

/** Natural order: `seat2` before `seat10`. */
export const naturally = new Intl.Collator("en", { numeric: true }).compare;
