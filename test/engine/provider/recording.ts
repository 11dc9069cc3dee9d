import * as fs from "node:fs";
import * as path from "node:path";

export type Json = any;

/** One call of the engine to the provider, as the engine's gRPC log writes it. */
export interface Call {
  method: string;
  request: Json;
  response?: Json;
  errors?: string[];
  progress?: string;
}

export const recordings = path.join(__dirname, "recordings");

/** The names of the recorded runs, `01-preview-create` … `22-destroy`. */
export function runs(): string[] {
  return fs
    .readdirSync(recordings)
    .filter((f) => f.endsWith(".jsonl"))
    .map((f) => f.slice(0, -".jsonl".length))
    .sort();
}

export function recordedCalls(run: string): Call[] {
  return parseCalls(fs.readFileSync(path.join(recordings, `${run}.jsonl`), "utf8"));
}

export function recordedOutput(run: string): string {
  return fs.readFileSync(path.join(recordings, `${run}.txt`), "utf8");
}

export function parseCalls(jsonl: string): Call[] {
  return jsonl
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Call);
}

export const urnName = (urn: string): string => urn.split("::").at(-1)!;
