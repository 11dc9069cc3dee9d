import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { type Bag, isMap, textAt } from "../../check/diagnosis/json";
import type { Change, Group } from "../model";
import { canonical, type Field, fieldsOf, naturally } from "./fields";

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

/**
 * What a preview's events say would change. Told are resources: not the components, which are headings over them; not the providers that Pulumi makes by
 * itself, which hold nothing but a copy of the config; not the stack's outputs, which follow from the resources.
 */
export function changesOf(events: readonly EngineEvent[], seat: string): Change[] {
  const own = { seat, addresses: addressesOf(events) };
  const steps = new Map<string, StepEventMetadata>();
  for (const { resourcePreEvent } of events) {
    const step = resourcePreEvent?.metadata;
    if (!step || !ops[step.op] || !isTold(step)) continue;
    // A replacement comes in several steps; the one with both states says what is different.
    const before = steps.get(step.urn);
    if (!before || (!(before.old && before.new) && step.new)) steps.set(step.urn, step);
  }
  return inOrder([...steps.values()].map((step) => changeOf(step, own)));
}

function isTold({ type, urn, new: after, old: before }: StepEventMetadata): boolean {
  if (!(after ?? before)?.custom) return false;
  return !(type.startsWith("pulumi:providers:") && /^default(_|$)/.test(urn.split("::").at(-1)!));
}

function changeOf(step: StepEventMetadata, own: Own): Change {
  const op = ops[step.op]!;
  const name = nameOf(step);
  const kubernetes = step.type.startsWith("kubernetes:");
  const changed = op === "update" || op === "replace";
  const [before, after] = [step.old, step.new].map((state) => common(state?.inputs, own, !kubernetes));
  return { op, ...name, fields: changed && step.old && step.new ? orProviders(fieldsOf(before, after), step) : [] };
}

/** What stands for a value that may not be told. */
const HIDDEN = "(not shown)";

/** Where the inputs as they can be shown are the same, a secret or something the provider has found is not: its paths are told then. */
function orProviders(fields: Field[], { detailedDiff }: StepEventMetadata): Field[] {
  return fields.length > 0 ? fields : Object.keys(detailedDiff ?? {}).map((path) => ({ path, before: HIDDEN, after: HIDDEN }));
}

/** `VirtualService default/reviews`; what is no object of Kubernetes goes by the resource's name. */
function nameOf({ type, urn, new: after, old: before }: StepEventMetadata): Pick<Change, "kind" | "object"> {
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

/** Where the seat answers, by what its stack's outputs said when it was made. */
function addressesOf(events: readonly EngineEvent[]): string[] {
  const stack = events.map(({ resourcePreEvent }) => resourcePreEvent?.metadata).find((step) => step?.type === "pulumi:pulumi:Stack");
  const outputs: Bag = stack?.old?.outputs ?? {};
  const urls = Object.keys(outputs).filter((name) => name === "INGRESS_HOST" || name.endsWith("_URL"));
  const texts = urls.flatMap((name) => textAt(outputs, name) ?? []).filter((text) => !/\/\/localhost\b/.test(text));
  return [...new Set(texts)];
}

/** What an unknown value is written as before `up` has made what it comes from; a constant of Pulumi's wire format. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SECRET_KEY = "4dabf18193072939515e22adb298388d";

/** What is one seat's alone: its name, and where it answers. */
interface Own {
  readonly seat: string;
  /** Of the stack's outputs: `10.231.0.2`, `http://10.231.0.2:31602`. */
  readonly addresses: readonly string[];
}

/**
 * An object's inputs as they would be in any seat: without the seat's address, in `named` ones without its name, and without what nobody should or could
 * read (secrets, serialised code, hashes of a config that is told as well). The name goes where the program writes it, by itself and behind the project's:
 * a seat may be called `v1` or `reviews`, and these are words of the lessons as well.
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
  if (typeof value === "string") return value === UNKNOWN ? "(not known yet)" : replace(value.replaceAll(UNKNOWN, "(not known yet)"));
  if (Array.isArray(value)) return value.map((item) => clean(item, replace));
  if (!isMap(value)) return value;
  if (SECRET_KEY in value) return "[secret]";
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

/** Whoever wrote the program may have forgotten to mark it; the kind says it. */
function hidden(data: unknown): unknown {
  return isMap(data) ? Object.fromEntries(Object.keys(data).map((key) => [key, "[secret]"])) : "[secret]";
}

/** The word, and not where it is a part of another one: 10.0.0.2 is not in 10.0.0.20. */
function wholeWord(word: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9])${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![A-Za-z0-9])`, "g");
}

/** What would change, seat by seat. */
export type BySeat = ReadonlyMap<string, readonly Change[]>;

/** Seats with exactly the same changes together, the largest group first. It does not matter in which order seats and changes come. */
export function fold(seats: BySeat): Group[] {
  const groups = new Map<string, { seats: string[]; changes: readonly Change[] }>();
  for (const [seat, unordered] of seats) {
    const changes = inOrder(unordered);
    const key = canonical(changes);
    const group = groups.get(key) ?? { seats: [], changes };
    group.seats.push(seat);
    groups.set(key, group);
  }
  for (const group of groups.values()) group.seats.sort(naturally);
  return [...groups.values()].sort((a, b) => b.seats.length - a.seats.length || naturally(a.seats[0]!, b.seats[0]!));
}

/** The other way: what each seat of the groups has. */
export function expand(groups: readonly Group[]): Map<string, readonly Change[]> {
  return new Map(groups.flatMap(({ seats, changes }) => seats.map((seat) => [seat, changes] as const)));
}

/** By object, and the fields of each by their paths: what can be told of a list whose order nobody can rely on. */
export function inOrder(changes: readonly Change[]): Change[] {
  const sorted = changes.map((change) => ({ ...change, fields: [...change.fields].sort((a, b) => by(a.path, b.path) || by(canonical(a), canonical(b))) }));
  return sorted.sort((a, b) => by(a.object, b.object) || by(a.op, b.op) || by(canonical(a), canonical(b)));
}

/** `naturally` calls some texts equal that are not. */
function by(a: string, b: string): number {
  return naturally(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
