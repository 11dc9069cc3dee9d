import * as fs from "node:fs";
import * as path from "node:path";
import type { Target } from "../../../config";
import { masked } from "../../../base/secret-mask";
import { UserError } from "../../../base/errors";
import { writeWhole } from "../../../base/files";
import { fileIn, type Class } from "../model";
import type { Facts } from "../../targets/proof";

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
export function readFacts(cls: Pick<Class, "folder">, seat: string): SeatFacts {
  try {
    return JSON.parse(fs.readFileSync(fileOf(cls, "facts", seat), "utf8")) as SeatFacts;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new UserError(
      `${fileOf(cls, "facts", seat)} cannot be read: ${(error as Error).message}. It records what is known of seat ${seat}. Nothing of the seat has been changed.`,
    );
  }
}

export function writeFacts(cls: Pick<Class, "folder">, seat: string, facts: SeatFacts): void {
  writeJson(fileOf(cls, "facts", seat), facts);
}

/** Notes that the class is about to create the seat. A run killed before the stack has its tags leaves this mark. */
export function noteBegun(cls: Pick<Class, "folder" | "id">, seat: string, backend: string, target: Target): void {
  const facts = factsHere(cls, seat, backend);
  const targets = [...new Set([...(facts.noted?.targets ?? []), target])];
  writeFacts(cls, seat, { ...facts, noted: { class: cls.id, backend, targets } });
}

export function forgetFacts(cls: Pick<Class, "folder">, seat: string): void {
  fs.rmSync(fileOf(cls, "facts", seat), { force: true });
}

/** Returns what is known of a seat in this backend. A note from another backend or class does not apply. */
export function factsHere(cls: Pick<Class, "folder" | "id">, seat: string, backend: string): SeatFacts {
  const facts = readFacts(cls, seat);
  return facts.noted === undefined || isNotedBy(cls, facts, backend) ? facts : {};
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
