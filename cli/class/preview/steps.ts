import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { isMap, textAt, type Bag } from "../../check/diagnosis/json";
import type { Change } from "../model";
import { fieldsOf, type Field } from "./fields";
import { inOrder } from "./fold";
import { common, type Own } from "./own-words";

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
