import type { KubeObject } from "../../../kube";
import { isMap } from "../../../base/values";
import { at, mapsAt, textAt } from "./json";

/** A field that somebody set with kubectl. */
export interface FieldByHand {
  readonly path: string;
  readonly value: unknown;
}

/** What kubectl leaves behind where nothing of the object's behaviour was changed. */
const harmless = /kubectl\.kubernetes\.io\//;

/**
 * Fields that kubectl wrote, by the record the API server keeps of each writer, and that Pulumi's inputs do not have: a
 * server that fills in defaults hides them from a comparison with the inputs.
 */
export function fieldsByHand(live: KubeObject, made: KubeObject): FieldByHand[] {
  return mapsAt(live, "metadata", "managedFields")
    .filter((entry) => (textAt(entry, "manager") ?? "").startsWith("kubectl") && !entry.subresource)
    .flatMap((entry) => leaves(entry.fieldsV1, live, made, ""))
    .filter(({ path, value }) => value !== undefined && !path.startsWith("status") && !harmless.test(path));
}

/** https://kubernetes.io/docs/reference/using-api/server-side-apply/: `f:NAME` a field, `k:{…}` an element of a list by its keys, `v:…` one by its value. */
function leaves(fields: unknown, live: unknown, made: unknown, path: string): FieldByHand[] {
  const keys = isMap(fields) ? Object.keys(fields).filter((key) => key !== ".") : [];
  if (keys.length === 0) return made === undefined ? [{ path, value: live }] : [];
  return keys.flatMap((key) => {
    const below = (fields as Record<string, unknown>)[key];
    if (key.startsWith("f:")) {
      const name = key.slice(2);
      const next = /^[\w-]+$/.test(name) ? `${path ? `${path}.` : ""}${name}` : `${path}["${name}"]`;
      return leaves(below, at(live, name), at(made, name), next);
    }
    if (!key.startsWith("k:")) return [];
    const wanted = parsed(key.slice(2));
    return leaves(below, element(live, wanted), element(made, wanted), `${path}[${Object.values(wanted).join(",")}]`);
  });
}

function element(list: unknown, keys: Record<string, unknown>): unknown {
  return mapsAt(list).find((item) => Object.entries(keys).every(([key, value]) => item[key] === value || (key === "protocol" && item[key] === undefined)));
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : {};
  } catch {
    return {};
  }
}
