import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";

/** How the engine is told to write its events into a file, and what it wrote there. */
export interface EventLog {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Returns undefined where they cannot be read. An `up` must not fail by it. */
  read(): EngineEvent[] | undefined;
}

/**
 * Lets `run` have the engine's events. Pulumi's Automation API gets them the same way: the option exists only with
 * this variable. The engine hides secrets in the file, and the folder is closed to others.
 */
export async function withEventLog<T>(run: (log: EventLog) => Promise<T>): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-events-"));
  const file = path.join(folder, "events");
  try {
    return await run({
      args: ["--event-log", file],
      env: { PULUMI_DEBUG_COMMANDS: "true" },
      read: () => eventsIn(file),
    });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
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
