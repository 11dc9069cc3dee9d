import * as fs from "node:fs";
import * as path from "node:path";
import type { Target } from "../../../config";
import { masked } from "../../../base/secret-mask";
import { UserError } from "../../../base/errors";
import { writeWhole } from "../../../base/files";
import { fileIn, type Class } from "../class";
import type { Facts } from "../proof/target-proof";

/**
 * The note that this class created the seat here. It is written before the stack exists, and removed once the seat is
 * proved gone.
 */
export interface Noted {
  /** The class' id. */
  readonly class: string;
  /** The backend of the seat's stack, as Pulumi names it. */
  readonly backend: string;
  /** The seat's target; two while the seat moves. */
  readonly targets: readonly Target[];
}

/** What this machine knows of a seat: the class' note, and what to ask its target for. Never a secret. */
export type SeatFacts = Facts & { readonly noted?: Noted };

/** Empty where nothing was noted. */
export function readFacts(of: Pick<Class, "folder">, seat: string): SeatFacts {
  try {
    return JSON.parse(fs.readFileSync(fileOf(of, "facts", seat), "utf8")) as SeatFacts;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new UserError(`${fileOf(of, "facts", seat)} cannot be read: ${(error as Error).message}. It says what is known of seat ${seat}; nothing of the seat has been changed.`);
  }
}

export function writeFacts(of: Pick<Class, "folder">, seat: string, facts: SeatFacts): void {
  writeJson(fileOf(of, "facts", seat), facts);
}

/** Notes that the class is about to create the seat. A run killed before the stack has its tags leaves this mark. */
export function noteBegun(of: Pick<Class, "folder" | "id">, seat: string, backend: string, target: Target): void {
  const facts = factsHere(of, seat, backend);
  const targets = [...new Set([...(facts.noted?.targets ?? []), target])];
  writeFacts(of, seat, { ...facts, noted: { class: of.id, backend, targets } });
}

export function forgetFacts(of: Pick<Class, "folder">, seat: string): void {
  fs.rmSync(fileOf(of, "facts", seat), { force: true });
}

/** Returns what is known of a seat in this backend. A note from another backend or class does not apply. */
export function factsHere(of: Pick<Class, "folder" | "id">, seat: string, backend: string): SeatFacts {
  const facts = readFacts(of, seat);
  return facts.noted === undefined || isNotedBy(of, facts, backend) ? facts : {};
}

/** Whether this class noted in this backend that it began the seat. */
export function isNotedBy({ id }: Pick<Class, "id">, { noted }: SeatFacts, backend: string): boolean {
  return noted !== undefined && noted.class === id && noted.backend === backend;
}

/** A file of the class about one seat, e.g. its proof. */
export function fileOf({ folder }: Pick<Class, "folder">, kind: "facts" | "proof", seat: string): string {
  return fileIn(path.join(folder, kind), `${seat}.json`);
}

export function writeJson(file: string, value: object): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeWhole(file, masked(`${JSON.stringify(value, null, 2)}\n`), 0o600);
}
