import type { EngineEvent } from "@pulumi/pulumi/automation";
import { EventReader } from "./events";
import type { SeatLine } from "./over-seats";
import { SeatTrouble } from "./trouble";

/** What every operation of a seat's stack is given: where its output and its events go, and what interrupts it. */
export interface OperationOptions {
  readonly onOutput: (text: string) => void;
  readonly onError: (text: string) => void;
  readonly onEvent: (event: EngineEvent) => void;
  readonly signal: AbortSignal;
  readonly color: "never";
  readonly suppressOutputs: true;
}

/** Why an operation of the engine failed, with all it said for whoever has to judge whether it is worth another try. */
export class EngineTrouble extends SeatTrouble {
  constructor(
    line: string,
    readonly said: string,
  ) {
    super(line);
  }
}

/** Runs one operation of a seat's stack: the board is told what it does, the seat's log gets what it prints. @throws EngineTrouble */
export async function operation<T>(line: SeatLine, signal: AbortSignal, run: (options: OperationOptions) => Promise<T>): Promise<T> {
  const events = new EventReader(line);
  let stderr = "";
  const onError = (text: string) => {
    stderr += text;
    line.log(text);
  };
  try {
    return await run({ onOutput: line.log, onError, onEvent: events.read, signal, color: "never", suppressOutputs: true });
  } catch (error) {
    if (!(error instanceof Error) || !/CommandError|ConcurrentUpdateError|StackNotFoundError|StackAlreadyExistsError/.test(error.constructor.name)) throw error;
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
