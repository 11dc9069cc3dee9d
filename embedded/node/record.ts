import * as path from "node:path";
import { isDraft, isThere, namesIn, readIfThere, writeWhole } from "../../base/files";
import type { AddonName } from "../../versions";
import { endsOf } from "./address";
import { SeatError } from "../../base/seat-error";
import type { Layout } from "./layout";
import type { ProcessId } from "./processes";

/** How far a seat has come. Shows what `createSeat` was doing when it was killed. */
type Phase = "files" | "namespace" | "control plane" | "ready" | "stopped";

/** The contents of a seat's `seat.json`. */
export interface SeatRecord {
  name: string;
  /** Identifies the cluster: a seat of another generation is another, empty cluster. */
  generation: string;
  /** The /30 between host and seat, as CIDR. */
  addressRange: string;
  kubernetesVersion: string;
  /**
   * Folders of the cache that the seat uses, see shared.ts. Missing in seats of earlier versions and on kernels that
   * cannot overlay them: those seats have their own.
   */
  programs?: string;
  images?: string;
  /** The addons whose images that store has. Missing in seats of earlier versions: then it has all. */
  addons?: readonly AddonName[];
  /** The number of pods with a sidecar that the seat was made for. */
  sidecars?: number;
  phase: Phase;
  /** Whether the seat was ready once. From then on, its data is somebody's work. */
  made?: boolean;
  /** The process that makes or starts the seat, while `phase` is neither `ready` nor `stopped`. */
  maker?: ProcessId;
  /** The seat's first process, by the host's PID. */
  init?: ProcessId;
}

/**
 * Reads `file`. Returns undefined only if there is no such file.
 *
 * @throws SeatError if it cannot be read or is not a seat's record. Then the owner of the folder is unknown, and its
 *   contents stay. (A killed run never leaves half a file.)
 */
export function readRecord(file: string): SeatRecord | undefined {
  let text: string | undefined;
  try {
    text = readIfThere(file);
  } catch (error) {
    throw new SeatError(
      `${file} cannot be read: ${(error as Error).message}. Its seat is unknown, and nothing was changed. Make the file readable, and run the same command again.`,
    );
  }
  return text === undefined ? undefined : parsed(file, text);
}

/** Writes `record` to `file` atomically. */
export function writeRecord(file: string, record: SeatRecord): void {
  writeWhole(file, `${JSON.stringify(record, null, 2)}\n`, 0o600);
}

/** Whether a file in a seat's folder is a draft of its record. Earlier versions named it `seat.json.PID`. */
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
    `${file} is not a seat's record: ${shown}. The seat is unknown, and nothing was changed. Repair the file. ` +
      `If nobody needs the seat and its data, delete it: \`npm run embedded -- delete --seat ${path.basename(path.dirname(file))}\`.`,
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
 * Checks a folder without a record. A killed run leaves such a folder only before its first record is complete. Then
 * it is empty, or holds the draft of that record. Anything else in it does not come from a run of this program, so
 * nobody may clear it.
 *
 * @returns whether there is a folder, which may then be cleared
 * @throws SeatError if it holds anything else
 */
export function clearableWithoutRecord({ folder, record }: Layout): boolean {
  if (!isThere(folder)) return false;
  const others = namesIn(folder).filter((name) => !isRecordDraft(name));
  if (others.length === 0) return true;
  throw new SeatError(
    `${folder} has no ${path.basename(record)}, but it holds ${others.slice(0, 5).join(", ")}${others.length > 5 ? ", …" : ""}. Their owner is unknown, and nothing was changed. ` +
      `Restore the record, or move the folder away. If nobody needs its content, delete it: \`npm run embedded -- delete --seat ${path.basename(folder)}\`.`,
  );
}
