import type { ObjectMeta, WholeObject } from "../../kube";
import { isClusterScoped, isPatch, isTrue } from "./kinds";
import { canonicalQuantity, normalize, prune } from "./normalize";
import { forceNew, Mutable, touches } from "./replace-rules";
import { parseCheckpoint } from "./state";
import { isMap } from "../../base/values";
import { UNKNOWN } from "../../base/pulumi-marks";
import { Bag, Json, plain } from "./wire";

/** Names of pulumirpc.PropertyDiff.Kind. */
export type Kind = "ADD" | "ADD_REPLACE" | "DELETE" | "DELETE_REPLACE" | "UPDATE" | "UPDATE_REPLACE";
export interface Change {
  kind: Kind;
  /** The value to show is in the old inputs: the new ones no longer have the key. */
  inputDiff: boolean;
}
export interface DiffResult {
  changes: boolean;
  replaces: string[];
  deleteBeforeReplace: boolean;
  detailed: Record<string, Change>;
}

export interface DiffArgs {
  urn: string;
  olds: Bag;
  news: Bag;
  ignoreChanges: string[];
  mutable: Mutable;
}

/**
 * Compares the live object in the state, cut to the shape of the old inputs, with the new inputs. Does not ask the
 * cluster: as with the official plugin, a manual change shows only after a refresh.
 */
export function diffObject(a: DiffArgs): DiffResult {
  const { inputs, live } = parseCheckpoint(a.olds);
  const oldInputs = normalize(inputs);
  const news = normalize(plain(a.news) as WholeObject);
  const isPatched = isPatch(a.urn, news.kind);
  // A Patch resource owns no map of which it owns no field: a label that is gone is shown as its `metadata.labels`.
  const pruned = prune(live, oldInputs);
  const old = (isPatched ? withoutEmpty(pruned) : pruned) as WholeObject;
  old.metadata ??= {} as ObjectMeta;
  news.metadata ??= {} as ObjectMeta;
  for (const o of [old, news]) {
    if (isClusterScoped(news)) delete o.metadata.namespace;
    // A custom resource may have no namespace. With "default" on both sides, that is not a difference.
    else o.metadata.namespace ||= "default";
  }
  old.apiVersion ??= news.apiVersion;
  old.kind ??= news.kind;
  if (news.metadata.name) old.metadata.name = live.metadata.name;

  const detailed = compare(old, news, oldInputs, forceNew(news, isPatched, a.mutable));
  for (const path of Object.keys(detailed))
    if (a.ignoreChanges.some((ignored) => covers(ignored, path))) delete detailed[path];
  const replaces = Object.keys(detailed).filter((path) => detailed[path]!.kind.endsWith("_REPLACE"));
  const sameName =
    news.metadata.name === live.metadata.name &&
    news.metadata.namespace === (live.metadata.namespace ?? news.metadata.namespace);
  return {
    changes: Object.keys(detailed).length > 0,
    replaces,
    // Two objects with the same name cannot exist side by side. An autonamed one gets another name.
    deleteBeforeReplace:
      replaces.length > 0 && !!news.metadata.name && !isTrue(news, "pulumi.com/autonamed") && sameName,
    detailed,
  };
}

function withoutEmpty(map: Bag): Bag {
  const inner = Object.entries(map).map(([key, value]) => [key, isMap(value) ? withoutEmpty(value) : value] as const);
  return Object.fromEntries(inner.filter(([, value]) => !isMap(value) || Object.keys(value).length > 0));
}

const covers = (ignored: string, path: string): boolean =>
  path === ignored ||
  path.startsWith(`${ignored}.`) ||
  path.startsWith(`${ignored}[`) ||
  (ignored.endsWith("[*]") && path.startsWith(ignored.slice(0, -2)));

/** Returns every changed path with the kind of its change. */
export function compare(old: Bag, news: Bag, oldInputs: Bag, fields: string[]): Record<string, Change> {
  const found: Record<string, Change> = {};
  const record = (path: (string | number)[], kind: "ADD" | "DELETE" | "UPDATE", value: Json): void => {
    found[text(path)] = { kind: touches(fields, path, value) ? `${kind}_REPLACE` : kind, inputDiff: kind === "DELETE" };
  };
  const walk = (path: (string | number)[], before: Json, after: Json, input: Json): void => {
    if (isMap(before) && isMap(after)) {
      for (const key of Object.keys(after)) {
        const at = [...path, key];
        if (key in before) walk(at, before[key], after[key], isMap(input) ? input[key] : undefined);
        // The server drops an empty or zero value. The same value in the new inputs is not a difference.
        else if (!(isZero(after[key]) && isMap(input) && same(input[key], after[key]))) record(at, "ADD", after[key]);
      }
      for (const key of Object.keys(before)) if (!(key in after)) record([...path, key], "DELETE", before[key]);
    } else if (Array.isArray(before) && Array.isArray(after)) {
      for (let i = 0; i < Math.max(before.length, after.length); i++) {
        if (i >= before.length) record([...path, i], "ADD", after[i]);
        else if (i >= after.length) record([...path, i], "DELETE", before[i]);
        else walk([...path, i], before[i], after[i], Array.isArray(input) ? input[i] : undefined);
      }
    } else if (after === UNKNOWN || !(same(before, after) || (same(input, after) && sameQuantity(before, after)))) {
      record(path, "UPDATE", after);
    }
  };
  walk([], old, news, oldInputs);
  return found;
}

const isZero = (v: Json): boolean =>
  v === false ||
  v === "" ||
  v === 0 ||
  (Array.isArray(v) ? v.length === 0 : isMap(v) && Object.values(v).every(isZero));
function same(a: Json, b: Json): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => same(x, b[i]));
  if (isMap(a) && isMap(b)) return Object.keys({ ...a, ...b }).every((k) => same(a[k], b[k]));
  return a === b;
}
const sameQuantity = (a: Json, b: Json): boolean =>
  typeof a === "string" && /^\d/.test(a) && !isMap(b) && canonicalQuantity(a) === canonicalQuantity(b);

/** A property path as Pulumi writes it: `metadata.labels["istio.io/rev"]`, `spec.http[0]`. */
function text(path: (string | number)[]): string {
  let out = "";
  for (const p of path) {
    if (typeof p === "number") out += `[${p}]`;
    else if (/[."[\]]/.test(p)) out += `["${p.replaceAll('"', '\\"')}"]`;
    else out += out ? `.${p}` : p;
  }
  return out;
}
