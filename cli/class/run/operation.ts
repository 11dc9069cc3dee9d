import type { EngineEvent } from "@pulumi/pulumi/automation";
import { oneLine, SeatTrouble } from "./outcome";
import type { SeatLine } from "./over-seats";

/** Options of every stack operation: where output and events go, and what interrupts it. */
export interface OperationOptions {
  readonly onOutput: (text: string) => void;
  readonly onError: (text: string) => void;
  readonly onEvent: (event: EngineEvent) => void;
  readonly signal: AbortSignal;
  readonly color: "never";
  readonly suppressOutputs: true;
}

/** An engine operation that failed. `said` holds the whole output, by which the caller decides whether to retry. */
export class EngineTrouble extends SeatTrouble {
  constructor(
    line: string,
    readonly said: string,
  ) {
    super(line);
  }
}

/**
 * Runs one operation of a seat's stack. The board shows its events; the seat's log gets its output.
 * @throws EngineTrouble
 */
export async function operation<T>(
  line: SeatLine,
  signal: AbortSignal,
  run: (options: OperationOptions) => Promise<T>,
): Promise<T> {
  const events = new EventReader(line);
  let stderr = "";
  const onError = (text: string) => {
    stderr += text;
    line.log(text);
  };
  try {
    return await run({
      onOutput: line.log,
      onError,
      onEvent: events.read,
      signal,
      color: "never",
      suppressOutputs: true,
    });
  } catch (error) {
    if (
      !(error instanceof Error) ||
      !/CommandError|ConcurrentUpdateError|StackNotFoundError|StackAlreadyExistsError/.test(error.constructor.name)
    )
      throw error;
    const said = [...events.errors, stderr].join("\n");
    throw new EngineTrouble(events.trouble ?? firstLine(stderr) ?? "pulumi failed and gave no reason", said);
  }
}

function firstLine(text: string): string | undefined {
  return text
    .split("\n")
    .map((line) => line.replace(/^error: /, "").trim())
    .find((line) => line !== "" && !line.startsWith("warning:"));
}

const verbs: Readonly<Record<string, string>> = {
  create: "creating",
  update: "updating",
  delete: "deleting",
  replace: "replacing",
  "create-replacement": "replacing",
  "delete-replaced": "replacing",
  read: "reading",
  refresh: "refreshing",
};
const done: Readonly<Record<string, string>> = {
  create: "created",
  update: "updated",
  delete: "deleted",
  replace: "replaced",
};

/** Reports the engine's events to the board, and collects its errors. */
export class EventReader {
  /** The engine's errors in order, each with the resource's name. */
  readonly errors: string[] = [];

  constructor(private readonly line: Pick<SeatLine, "doing">) {}

  readonly read = ({ resourcePreEvent, diagnosticEvent, summaryEvent }: EngineEvent): void => {
    if (resourcePreEvent) {
      const { op, type, urn } = resourcePreEvent.metadata;
      const verb = verbs[op];
      if (verb !== undefined && type !== "pulumi:pulumi:Stack") this.line.doing(`${verb} ${nameOf(urn)}`);
    }
    if (diagnosticEvent?.severity === "error") this.errors.push(withName(diagnosticEvent.urn, diagnosticEvent.message));
    else if (diagnosticEvent?.ephemeral || diagnosticEvent?.severity === "info")
      this.line.doing(oneLine(diagnosticEvent.message));
    if (summaryEvent) this.line.doing(changesText(summaryEvent.resourceChanges ?? {}));
  };

  /** The first specific error: after each one, the engine adds that the whole operation failed. */
  get trouble(): string | undefined {
    return (
      this.errors.find(
        (text) => !/(update|destroy|preview|refresh|resource monitor) failed|one or more errors occurred/i.test(text),
      ) ?? this.errors[0]
    );
  }
}

/** Returns e.g. `Release istiod`: the kind without its module, and the resource's name. */
export function nameOf(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.split("$").at(-1)!.split(/[:/]/).at(-1)} ${name}`;
}

/** Returns e.g. `61 created, 2 updated`. Unchanged resources are not counted. */
export function changesText(changes: Readonly<Record<string, number>>): string {
  const parts = Object.entries(done).flatMap(([op, text]) => (changes[op] ? [`${changes[op]} ${text}`] : []));
  return parts.join(", ") || "no change";
}

function withName(urn: string | undefined, message: string): string {
  const text = oneLine(message).replace(/^error: /, "");
  return urn === undefined || urn === "" || urn.includes("pulumi:pulumi:Stack::") ? text : `${nameOf(urn)}: ${text}`;
}
