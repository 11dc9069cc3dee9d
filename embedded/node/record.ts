import * as fs from "node:fs";
import { endsOf } from "./address";
import type { ProcessId } from "./processes";

/** How far a seat has come. What `createSeat` was at when it was killed can be read here. */
export type Phase = "files" | "namespace" | "control plane" | "ready" | "stopped";

/** What a seat's `seat.json` says. */
export interface SeatRecord {
  name: string;
  /** Which making of the cluster this is: a seat of another generation is another, empty cluster. */
  generation: string;
  /** The /30 between host and seat, as CIDR. */
  addressRange: string;
  kubernetesVersion: string;
  /** How many pods with a sidecar it was made for. */
  sidecars?: number;
  phase: Phase;
  /** Whether the seat was ready once: from then on its data is somebody's. */
  made?: boolean;
  /** The process that brings the seat up, while `phase` is neither `ready` nor `stopped`. */
  maker?: ProcessId;
  /** The seat's first process, as the host numbers it. */
  init?: ProcessId;
}

/** Reads `file`; undefined when it is missing, or is not a seat's record (a killed run never leaves half a file). */
export function readRecord(file: string): SeatRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
  return isRecord(value) ? value : undefined;
}

/** Writes `record` to `file` at once or not at all. */
export function writeRecord(file: string, record: SeatRecord): void {
  const scratch = `${file}.${process.pid}`;
  fs.writeFileSync(scratch, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  fs.renameSync(scratch, file);
}

function isRecord(value: unknown): value is SeatRecord {
  const texts = ["name", "generation", "addressRange", "kubernetesVersion", "phase"] as const;
  if (typeof value !== "object" || value === null || !texts.every((key) => typeof (value as SeatRecord)[key] === "string")) return false;
  try {
    return endsOf((value as SeatRecord).addressRange) !== undefined;
  } catch {
    return false;
  }
}
