import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { SeatLine } from "./over-seats";
import { oneLine } from "./trouble";

const verbs: Readonly<Record<string, string>> = { create: "creating", update: "updating", delete: "deleting", replace: "replacing", "create-replacement": "replacing", "delete-replaced": "replacing", read: "reading", refresh: "refreshing" };
const done: Readonly<Record<string, string>> = { create: "created", update: "updated", delete: "deleted", replace: "replaced" };

/** Tells the board what an engine does, by its events, and collects what it found wrong. */
export class EventReader {
  /** What the engine found wrong, each with the resource's name, in the order it came. */
  readonly errors: string[] = [];

  constructor(private readonly line: Pick<SeatLine, "doing">) {}

  readonly read = ({ resourcePreEvent, diagnosticEvent, summaryEvent }: EngineEvent): void => {
    if (resourcePreEvent) {
      const { op, type, urn } = resourcePreEvent.metadata;
      const verb = verbs[op];
      if (verb !== undefined && type !== "pulumi:pulumi:Stack") this.line.doing(`${verb} ${nameOf(urn)}`);
    }
    if (diagnosticEvent?.severity === "error") this.errors.push(withName(diagnosticEvent.urn, diagnosticEvent.message));
    else if (diagnosticEvent?.ephemeral || diagnosticEvent?.severity === "info") this.line.doing(oneLine(diagnosticEvent.message));
    if (summaryEvent) this.line.doing(changesText(summaryEvent.resourceChanges ?? {}));
  };

  /** The first error that says something of its own: after each the engine says once more that the whole failed. */
  get trouble(): string | undefined {
    return this.errors.find((text) => !/(update|destroy|preview|refresh|resource monitor) failed|one or more errors occurred/i.test(text)) ?? this.errors[0];
  }
}

/** `Release istiod`: the kind without its module, and the resource's name. */
export function nameOf(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.split("$").at(-1)!.split(/[:/]/).at(-1)} ${name}`;
}

/** `61 created, 2 updated`; what stays is not counted. */
export function changesText(changes: Readonly<Record<string, number>>): string {
  const parts = Object.entries(done).flatMap(([op, text]) => (changes[op] ? [`${changes[op]} ${text}`] : []));
  return parts.join(", ") || "no change";
}

function withName(urn: string | undefined, message: string): string {
  const text = oneLine(message).replace(/^error: /, "");
  return urn === undefined || urn === "" || urn.includes("pulumi:pulumi:Stack::") ? text : `${nameOf(urn)}: ${text}`;
}
