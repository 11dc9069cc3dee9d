import * as path from "node:path";
import { isDraft, isThere, namesIn, readIfThere, writeWhole } from "../../base/files";
import type { AddonName } from "../../versions";
import { endsOf } from "./address";
import { SeatError } from "../../base/seat-error";
import type { Layout } from "./layout";
import type { ProcessId } from "./processes";

/** How far a seat has come. What `createSeat` was at when it was killed can be read here. */
type Phase = "files" | "namespace" | "control plane" | "ready" | "stopped";

/** What a seat's `seat.json` says. */
export interface SeatRecord {
  name: string;
  /** Which making of the cluster this is: a seat of another generation is another, empty cluster. */
  generation: string;
  /** The /30 between host and seat, as CIDR. */
  addressRange: string;
  kubernetesVersion: string;
  /** Folders of the cache that it stands on, see shared.ts. Seats of before, and those on a kernel that cannot overlay, have their own. */
  programs?: string;
  images?: string;
  /** The addons whose images that store has. Not of a seat of before: then it has all. */
  addons?: readonly AddonName[];
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

/**
 * Reads `file`; undefined only when there is no such file.
 *
 * @throws SeatError when it cannot be read, or says nothing of a seat: then nobody knows whose the folder is, and what is in it stays. (A killed run
 * never leaves half a file.)
 */
export function readRecord(file: string): SeatRecord | undefined {
  let text: string | undefined;
  try {
    text = readIfThere(file);
  } catch (error) {
    throw new SeatError(
      `${file} cannot be read: ${(error as Error).message}. Nothing is known of its seat, and nothing was changed. Make the file readable, and run the same command again.`,
    );
  }
  return text === undefined ? undefined : parsed(file, text);
}

/** Writes `record` to `file` at once or not at all. */
export function writeRecord(file: string, record: SeatRecord): void {
  writeWhole(file, `${JSON.stringify(record, null, 2)}\n`, 0o600);
}

/** Whether a file of a seat's folder is its record while that is written; `seat.json.PID` is how earlier versions named it. */
export function isRecordDraft(name: string): boolean {
  return isDraft(name) || /^seat\.json\.\d+$/.test(name);
}

function parsed(file: string, text: string): SeatRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw noRecord(file, text);
  }
  if (!isRecord(value)) throw noRecord(file, text);
  return value;
}

function noRecord(file: string, text: string): SeatError {
  const shown = text.trim() === "" ? "it is empty" : `it says ${JSON.stringify(text.trim().slice(0, 60))}`;
  return new SeatError(
    `${file} is no record of a seat: ${shown}. Nothing is known of the seat, and nothing was changed. Put the file right; or, when the seat may go with its data, ` +
      `delete it: \`npm run embedded -- delete --seat ${path.basename(path.dirname(file))}\`.`,
  );
}

function isRecord(value: unknown): value is SeatRecord {
  const texts = ["name", "generation", "addressRange", "kubernetesVersion", "phase"] as const;
  if (
    typeof value !== "object" ||
    value === null ||
    !texts.every((key) => typeof (value as SeatRecord)[key] === "string")
  )
    return false;
  try {
    return endsOf((value as SeatRecord).addressRange) !== undefined;
  } catch {
    return false;
  }
}

/**
 * What a folder without a record is. A run that is killed leaves such a folder only before its first record is whole: empty, or with the draft of that
 * record. Anything else in it was not left by this program's own runs, and so is nobody's to clear.
 *
 * @returns whether there is a folder, which may be cleared then
 * @throws SeatError when it holds anything else
 */
export function clearableWithoutRecord({ folder, record }: Layout): boolean {
  if (!isThere(folder)) return false;
  const others = namesIn(folder).filter((name) => !isRecordDraft(name));
  if (others.length === 0) return true;
  throw new SeatError(
    `${folder} has no ${path.basename(record)}, and yet holds ${others.slice(0, 5).join(", ")}${others.length > 5 ? ", …" : ""}: nobody can say whose that is, and nothing was changed. ` +
      `Put the record back or move the folder away; or, when all in it may go, delete it: \`npm run embedded -- delete --seat ${path.basename(folder)}\`.`,
  );
}
