import { isSecret } from "../../../base/pulumi-marks";
import { isMap } from "../../../base/values";
import { canonicalQuantity } from "../../../embedded";
import type { KubeObject } from "../../../kube";
import { at, mapsAt, textAt } from "../../seat/json";
import type { Kind } from "./snapshot";

/** A field that differs from what Pulumi created; `was` is undefined for an added field. */
export interface Difference {
  readonly path: string;
  readonly is: unknown;
  readonly was: unknown;
}

/** Kinds whose spec the API server adds no defaults to, so a field beyond the inputs comes from somebody. */
const undefaulted: readonly Kind[] = [
  "PeerAuthentication",
  "AuthorizationPolicy",
  "RequestAuthentication",
  "VirtualService",
  "DestinationRule",
  "Gateway",
  "Sidecar",
  "ServiceEntry",
  "EnvoyFilter",
  "Telemetry",
];

/**
 * Every difference between the live object and the inputs that created it. `written` compares only the inputs' fields,
 * as Pulumi does. Secrets are skipped, because the state holds them encrypted.
 */
export function differences(
  kind: Kind,
  live: KubeObject,
  made: KubeObject,
  which: "all" | "written" = "all",
): Difference[] {
  if (kind === "Secret") return [];
  const all = which === "all";
  return [
    ...below(["metadata", "labels"], false),
    ...below(["metadata", "annotations"], false),
    ...below(["spec"], all && undefaulted.includes(kind)),
    ...below(["data"], all),
    ...["rules", "roleRef", "subjects"].flatMap((field) => below([field], false, all)),
    ...(all && kind === "Service" ? below(["spec", "selector"], true).filter(({ was }) => was === undefined) : []),
    ...(all && kind === "Deployment"
      ? below(["spec", "template", "metadata", "labels"], true).filter(({ was }) => was === undefined)
      : []),
  ];

  /** `more`: also count what objects inside the inputs have in addition. */
  function below(path: string[], extra: boolean, more = extra): Difference[] {
    const was = at(made, ...path);
    return was === undefined && !extra ? [] : compare(at(live, ...path), was ?? {}, path.join("."), more);
  }
}

/** Compares field by field. Fields that only the live side has count only with `extra`. */
export function compare(is: unknown, was: unknown, path: string, extra: boolean): Difference[] {
  if (isSecret(was)) return [];
  if (isMap(was) && (isMap(is) || is === undefined)) {
    const live = isMap(is) ? is : {};
    if (is === undefined && Object.keys(was).length > 0) return isEmpty(was) ? [] : [{ path, is, was }];
    const added = extra ? Object.keys(live).filter((key) => !Object.hasOwn(was, key)) : [];
    return [
      ...Object.keys(was).flatMap((key) => compare(at(live, key), was[key], `${path}${step(key)}`, extra)),
      ...added.flatMap((key) =>
        isEmpty(live[key]) ? [] : [{ path: `${path}${step(key)}`, is: live[key], was: undefined }],
      ),
    ];
  }
  if (Array.isArray(was) && Array.isArray(is)) {
    if (is.length !== was.length && !extra && is.length > was.length)
      return compare(is.slice(0, was.length), was, path, extra);
    if (is.length !== was.length) return [{ path, is, was }];
    return was.flatMap((item, index) => compare(is[index], item, `${path}[${index}]`, extra));
  }
  return isEqual(is, was) ? [] : [{ path, is, was }];
}

function isEqual(is: unknown, was: unknown): boolean {
  if (is === was || (is === undefined && isEmpty(was))) return true;
  // A port or a number may be text, and a quantity has several spellings.
  if (
    is === undefined ||
    is === null ||
    was === undefined ||
    was === null ||
    typeof is === "object" ||
    typeof was === "object"
  )
    return false;
  return (
    String(is) === String(was) ||
    (/^\d/.test(String(is)) && canonicalQuantity(String(is)) === canonicalQuantity(String(was)))
  );
}

/** The server drops empty values. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.values(value).every(isEmpty);
}

/** Returns `.key`, or `["a.b/c"]` for a key with dots. */
function step(key: string): string {
  return /^[\w-]+$/.test(key) ? `.${key}` : `["${key}"]`;
}

/** A field that somebody set with kubectl. */
interface FieldByHand {
  readonly path: string;
  readonly value: unknown;
}

/** Annotations that kubectl writes without changing the object's behavior. */
const harmless = /kubectl\.kubernetes\.io\//;

/**
 * Fields that kubectl wrote and Pulumi's inputs lack, by the API server's record of writers. Where the server adds
 * defaults, comparing with the inputs cannot find them.
 */
export function fieldsByHand(live: KubeObject, made: KubeObject): FieldByHand[] {
  return mapsAt(live, "metadata", "managedFields")
    .filter((entry) => (textAt(entry, "manager") ?? "").startsWith("kubectl") && !entry.subresource)
    .flatMap((entry) => leaves(entry.fieldsV1, live, made, ""))
    .filter(({ path, value }) => value !== undefined && !path.startsWith("status") && !harmless.test(path));
}

/**
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/: `f:NAME` is a field, `k:{…}` a list element by its
 * keys, `v:…` one by its value.
 */
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
  return mapsAt(list).find((item) =>
    Object.entries(keys).every(
      ([key, value]) => item[key] === value || (key === "protocol" && item[key] === undefined),
    ),
  );
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : {};
  } catch {
    return {};
  }
}
