import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { SIGNATURE, UNKNOWN } from "../../base/pulumi-marks";
import { isMap } from "../../base/values";
import { canonical, type Field, fieldsOf, naturally } from "../drift/fields";
import { type Bag, textAt } from "../seat/json";

/** One step of a preview, of which only these parts are read. */
export type PreviewStep = Pick<StepEventMetadata, "op" | "urn" | "type" | "old" | "new" | "detailedDiff">;

/** A change to one resource. */
export interface Change {
  readonly op: "create" | "update" | "delete" | "replace";
  /** Kind and name: `VirtualService default/reviews`. What is no Kubernetes object has Pulumi's type and name. */
  readonly object: string;
  readonly kind: string;
  /** Only for update and replace, sorted by path. */
  readonly fields: readonly Field[];
}

const ops: Readonly<Record<string, Change["op"]>> = {
  create: "create",
  import: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "discard-replaced": "replace",
};

/** The steps that a preview's events report. */
export function stepsOf(events: readonly EngineEvent[]): PreviewStep[] {
  return events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? []);
}

/**
 * Returns the changes among a preview's steps. Only resources count. Components are groupings, default providers only
 * copy the config, and the stack's outputs follow from its resources.
 */
export function changesOf(all: readonly PreviewStep[], seat: string): Change[] {
  const own = { seat, addresses: addressesOf(all) };
  const steps = new Map<string, PreviewStep>();
  for (const step of all) {
    if (!ops[step.op] || !isTold(step)) continue;
    // A replacement takes several steps; only the one with both states shows the difference.
    const before = steps.get(step.urn);
    if (!before || (!(before.old && before.new) && step.new)) steps.set(step.urn, step);
  }
  return inOrder([...steps.values()].map((step) => changeOf(step, own)));
}

function isTold({ type, urn, new: after, old: before }: PreviewStep): boolean {
  if (!(after ?? before)?.custom) return false;
  return !(type.startsWith("pulumi:providers:") && /^default(_|$)/.test(urn.split("::").at(-1)!));
}

function changeOf(step: PreviewStep, own: Own): Change {
  const op = ops[step.op]!;
  const name = nameOf(step);
  const kubernetes = step.type.startsWith("kubernetes:");
  const changed = op === "update" || op === "replace";
  const [before, after] = [step.old, step.new].map((state) => common(state?.inputs, own, !kubernetes));
  return { op, ...name, fields: changed && step.old && step.new ? orProviders(fieldsOf(before, after), step) : [] };
}

/** Replaces a value that must not be shown. */
const HIDDEN = "(not shown)";

/**
 * Where the visible inputs are equal, a secret differs, or something that the provider found. Then the change lists the
 * provider's paths.
 */
function orProviders(fields: Field[], { detailedDiff }: PreviewStep): Field[] {
  return fields.length > 0
    ? fields
    : Object.keys(detailedDiff ?? {}).map((path) => ({ path, before: HIDDEN, after: HIDDEN }));
}

/** Returns e.g. `VirtualService default/reviews`. What is no Kubernetes object goes by the resource's name. */
function nameOf({ type, urn, new: after, old: before }: PreviewStep): Pick<Change, "kind" | "object"> {
  const resource = urn.split("::").at(-1)!;
  if (type.startsWith("pulumi:providers:")) return { kind: "Provider", object: `Provider ${resource}` };
  const kind = type.split(":").at(-1)!;
  if (!type.startsWith("kubernetes:")) return { kind, object: `${kind} ${resource}` };
  const inputs: Bag = after?.inputs ?? before?.inputs ?? {};
  // A Helm release has them at the top.
  const { namespace, name } = isMap(inputs.metadata) ? inputs.metadata : inputs;
  const group = type.includes("gateway.networking.k8s.io") && kind === "Gateway" ? " (Gateway API)" : "";
  return { kind, object: `${kind}${group} ${[namespace, name ?? resource].filter(Boolean).join("/")}` };
}

/** Whether a change has its effect in one of the namespaces. What is in no namespace has it in all of them. */
export function touches({ kind, object }: Change, namespaces: readonly string[]): boolean {
  const name = object.slice(object.lastIndexOf(" ") + 1);
  if (kind === "Namespace") return namespaces.includes(name);
  const [namespace, rest] = name.split("/");
  return rest === undefined || namespaces.includes(namespace!);
}

/** The seat's addresses, from the stack outputs of its last `up`. */
function addressesOf(steps: readonly PreviewStep[]): string[] {
  const stack = steps.find(({ type }) => type === "pulumi:pulumi:Stack");
  const outputs: Bag = stack?.old?.outputs ?? {};
  const urls = Object.keys(outputs).filter((name) => name === "INGRESS_HOST" || name.endsWith("_URL"));
  const texts = urls.flatMap((name) => textAt(outputs, name) ?? []).filter((text) => !/\/\/localhost\b/.test(text));
  return [...new Set(texts)];
}

/** What is specific to one seat: its name and its addresses. */
interface Own {
  readonly seat: string;
  /** From the stack's outputs: `10.231.0.2`, `http://10.231.0.2:31602`. */
  readonly addresses: readonly string[];
}

/**
 * Normalizes an object's inputs so that equal seats compare equal. Removes the seat's address, secrets, serialized
 * code, and hashes of config that is shown anyway. With `named`, removes the seat's name too, but only by itself or
 * after the project's name. A seat may be called `v1` or `reviews`, which are the lessons' words too.
 */
function common(value: unknown, own: Own, named: boolean): unknown {
  const addresses = [...own.addresses].sort((a, b) => b.length - a.length).map(wholeWord);
  const project = wholeWord(`istio-lab-${own.seat}`);
  return clean(value, (text) => {
    if (named && text === own.seat) return "<seat>";
    const anywhere = addresses.reduce((inner, address) => inner.replace(address, "<address>"), text);
    return named ? anywhere.replace(project, "istio-lab-<seat>") : anywhere;
  });
}

function clean(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === "string")
    return value === UNKNOWN ? "(not known yet)" : replace(value.replaceAll(UNKNOWN, "(not known yet)"));
  if (Array.isArray(value)) return value.map((item) => clean(item, replace));
  if (!isMap(value)) return value;
  if (SIGNATURE in value) return "[secret]";
  const isSecret = value.kind === "Secret" && value.apiVersion === "v1";
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === "__provider") return [key, "[code]"];
      if (key.startsWith("checksum/")) return [key, "[hash]"];
      if (isSecret && (key === "data" || key === "stringData")) return [key, hidden(inner)];
      return [key, clean(inner, replace)];
    }),
  );
}

/** Hides a Secret's data even where the program forgot to mark it. */
function hidden(data: unknown): unknown {
  return isMap(data) ? Object.fromEntries(Object.keys(data).map((key) => [key, "[secret]"])) : "[secret]";
}

/** Matches the whole word only: 10.0.0.2 is not part of 10.0.0.20. */
function wholeWord(word: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9])${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![A-Za-z0-9])`, "g");
}

/** Sorts by object, and each object's fields by path, because the engine guarantees no order. */
export function inOrder(changes: readonly Change[]): Change[] {
  const sorted = changes.map((change) => ({
    ...change,
    fields: [...change.fields].sort((a, b) => by(a.path, b.path) || by(canonical(a), canonical(b))),
  }));
  return sorted.sort((a, b) => by(a.object, b.object) || by(a.op, b.op) || by(canonical(a), canonical(b)));
}

/** Compares by code units where `naturally` calls different texts equal. */
function by(a: string, b: string): number {
  return naturally(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
