import * as fs from "node:fs";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { draftIn } from "../../base/files";
import { makeLab } from "../../base/lab";

/** How the engine is told to write its events into a file, and what it wrote there. */
export interface EventLog {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Returns undefined where they cannot be read. An `up` must not fail by it. */
  read(): EngineEvent[] | undefined;
}

/**
 * Lets `run` have the engine's events. Pulumi's Automation API gets them the same way: the option exists only with
 * this variable. The engine hides secrets in the file, and `.lab` is closed to others. What a killed run leaves is
 * removed as other drafts are.
 */
export async function withEventLog<T>(run: (log: EventLog) => Promise<T>): Promise<T> {
  const file = draftIn(makeLab());
  try {
    return await run({
      args: ["--event-log", file],
      env: { PULUMI_DEBUG_COMMANDS: "true" },
      read: () => eventsIn(file),
    });
  } finally {
    fs.rmSync(file, { force: true });
  }
}

function eventsIn(file: string): EngineEvent[] | undefined {
  try {
    return fs
      .readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as EngineEvent);
  } catch {
    return undefined;
  }
}
