import { isSecret } from "../../base/pulumi-marks";
import { isMap } from "../../base/values";
import { canonicalQuantity } from "../../embedded";
import type { KubeObject } from "../../kube";
import { at, mapsAt, textAt } from "../seat/json";
import { isHand } from "./managers";
import { parseTree } from "./text-tree";

/** A field that differs from what Pulumi created; `was` is undefined for an added field. */
export interface Difference {
  readonly path: string;
  readonly is: unknown;
  readonly was: unknown;
}

/** Kinds whose spec the API server adds no defaults to, so a field beyond the inputs comes from somebody. */
const undefaulted: readonly string[] = [
  "PeerAuthentication",
  "AuthorizationPolicy",
  "RequestAuthentication",
  "VirtualService",
  "DestinationRule",
  "Gateway",
  "Sidecar",
  "ServiceEntry",
  "WorkloadEntry",
  "EnvoyFilter",
  "ProxyConfig",
  "WasmPlugin",
  "Telemetry",
];

/** Fields that say which object it is, or that its controller writes. */
const aside = new Set(["apiVersion", "kind", "metadata", "status", "stringData"]);
/** Fields in which nothing may be added, because the API server adds no defaults there. */
const whole = new Set(["rules", "roleRef", "subjects"]);

/**
 * Every difference between the live object and what its owner made: Pulumi's inputs, or a chart's manifest. `written`
 * compares only the fields that the owner wrote, as Pulumi does. Secrets are skipped, because the state holds them
 * encrypted.
 */
export function differences(
  kind: string,
  live: KubeObject,
  made: KubeObject,
  which: "all" | "written" = "all",
): Difference[] {
  if (kind === "Secret") return [];
  const all = which === "all";
  const others = Object.keys(made).filter((field) => !aside.has(field) && !["spec", "data"].includes(field));
  return [
    ...below(["metadata", "labels"], false),
    ...below(["metadata", "annotations"], false),
    ...below(["spec"], all && undefaulted.includes(kind)),
    ...below(["data"], all),
    ...others.flatMap((field) => below([field], false, all && whole.has(field))),
    ...(all && kind === "Service" ? below(["spec", "selector"], true).filter(({ was }) => was === undefined) : []),
    ...(all && kind === "Deployment"
      ? below(["spec", "template", "metadata", "labels"], true).filter(({ was }) => was === undefined)
      : []),
  ].filter(({ path }) => !isIstiods(kind, path));

  /** `more`: also count what objects inside the inputs have in addition. */
  function below(path: string[], extra: boolean, more = extra): Difference[] {
    const was = at(made, ...path);
    return was === undefined && !extra ? [] : compare(at(live, ...path), was ?? {}, path.join("."), more);
  }
}

/**
 * istiod signs the webhooks' certificates, and makes the validating ones strict once it answers:
 * https://github.com/istio/istio/blob/1.31.0/pkg/webhooks/validation/controller/controller.go
 */
function isIstiods(kind: string, path: string): boolean {
  return (
    (/^(Mutating|Validating)WebhookConfiguration$/.test(kind) &&
      /^webhooks\[\d+\]\.clientConfig\.caBundle$/.test(path)) ||
    (kind === "ValidatingWebhookConfiguration" && /^webhooks\[\d+\]\.failurePolicy$/.test(path))
  );
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
  if (isEqual(is, was)) return [];
  // A chart keeps its settings as a text. The trainee has changed one setting of it.
  const [now, before] = [parseTree(is), parseTree(was)];
  const inside = now === undefined || before === undefined ? [] : settings(now, before, path);
  return inside.length > 0 ? inside : [{ path, is, was }];
}

/** The settings in which two texts differ. No server fills them in, so that an empty one counts as well. */
function settings(is: unknown, was: unknown, path: string): Difference[] {
  if (isMap(is) && isMap(was)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
    return keys.flatMap((key) => settings(at(is, key), at(was, key), `${path}${step(key)}`));
  }
  return JSON.stringify(is) === JSON.stringify(was) ? [] : [{ path, is, was }];
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

/** A field that somebody added. */
interface FieldByHand {
  readonly path: string;
  readonly value: unknown;
}

/** Annotations that kubectl writes without changing the object's behavior. */
const harmless = /kubectl\.kubernetes\.io\//;

/**
 * Fields that a hand wrote and the owner's object lacks, by the API server's record of writers. Where the server adds
 * defaults, comparing the objects cannot find them.
 */
export function fieldsByHand(live: KubeObject, made: KubeObject): FieldByHand[] {
  const found = mapsAt(live, "metadata", "managedFields")
    .filter(isHand)
    .flatMap((entry) => leaves(entry.fieldsV1, live, made, ""))
    .filter(({ path, value }) => value !== undefined && !path.startsWith("status") && !harmless.test(path))
    .filter(({ path, value }) => !isMap(value) || !hasOtherWriters(live, path));
  return found.filter(({ path }, index) => found.findIndex((other) => other.path === path) === index);
}

/** Who wrote a field by hand, and when. */
export interface Hand {
  readonly manager: string;
  readonly time?: string;
}

/** The hand that wrote the field, by the API server's record. Undefined where the record names none: a removed field has no writer. */
export function handOf(live: KubeObject, path: string): Hand | undefined {
  const steps = stepsOf(path);
  const entry = mapsAt(live, "metadata", "managedFields")
    .filter(isHand)
    .find(({ fieldsV1 }) => owns(fieldsV1, steps));
  if (entry === undefined) return undefined;
  const time = textAt(entry, "time");
  return { manager: textAt(entry, "manager") ?? "unknown", ...(time !== undefined && { time }) };
}

/** Whether the record names single keys of the map. It keeps a hand for the map even when others own all its keys. */
function hasOtherWriters(live: KubeObject, path: string): boolean {
  return mapsAt(live, "metadata", "managedFields").some(({ fieldsV1 }) => {
    const below = stepsOf(path).reduce<unknown>((fields, step) => at(fields, `f:${step}`), fieldsV1);
    return isMap(below) && Object.keys(below).some((key) => key !== ".");
  });
}

function stepsOf(path: string): string[] {
  return [...path.matchAll(/\["([^"]+)"\]|\[[^\]]*\]|[^.[\]]+/g)].map(([step, quoted]) => quoted ?? step);
}

/** Whether the record has the field. A list's elements are not told apart. */
function owns(fields: unknown, steps: readonly string[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined || !isMap(fields)) return isMap(fields);
  if (step.startsWith("[") || Object.keys(fields).filter((key) => key !== ".").length === 0) return true;
  const below = fields[`f:${step}`];
  return below !== undefined && owns(below, rest);
}

/** `, by kubectl-patch at 2026-01-31 09:30 UTC`. */
export function byWhom(live: KubeObject, paths: readonly string[]): string {
  const hand = paths.map((path) => handOf(live, path)).find((found) => found !== undefined);
  if (hand === undefined) return "";
  return `, by ${hand.manager}${hand.time === undefined ? "" : ` at ${minuteOf(hand.time)}`}`;
}

/** `2026-01-31 09:30 UTC`. */
export function minuteOf(time: string): string {
  return time.replace("T", " ").replace(/(:\d\d)?Z$/, " UTC");
}

/**
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/: `f:NAME` is a field, `k:{…}` a list element by its
 * keys, `v:…` one by its value.
 */
function leaves(fields: unknown, live: unknown, made: unknown, path: string): FieldByHand[] {
  const keys = isMap(fields) ? Object.keys(fields).filter((key) => key !== ".") : [];
  // A map that has lost its own keys to another writer stays in the record as `.` alone.
  if (keys.length === 0) return made === undefined && !hasOwn(fields, ".") ? [{ path, value: live }] : [];
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

function hasOwn(fields: unknown, key: string): boolean {
  return isMap(fields) && Object.hasOwn(fields, key);
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
