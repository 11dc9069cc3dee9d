import { z } from "zod";
import { shown } from "../../../components/given";
import type { RosterSeat } from "../model";
import type { DraftSeat } from "./draft";
import type { Problems } from "./problems";

const email = z.email();
/** Control characters, and those that turn the direction of what follows: they would spoil boards, tables and cards. Names themselves may be in any script. */
const unprintable = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** Who sits where. What a seat's name may be else depends on its target, see validate.ts. */
export function readPerson(given: Omit<DraftSeat, "at">, at: string, problems: Problems): Pick<RosterSeat, "seat" | "trainee" | "email"> {
  const seat = text(given.seat);
  const trainee = text(given.trainee).normalize("NFC");
  if (seat === "") problems.tell(at, "seat: is not given; valid is for instance seat-01");
  if (trainee === "") problems.tell(at, "trainee: is not given; valid is any name");
  if (unprintable.test(trainee)) problems.tell(at, `trainee: ${shown(trainee)} has characters that cannot be printed; valid is any name of up to 100 characters`);
  if ([...trainee].length > 100) problems.tell(at, `trainee: ${shown(trainee)} has ${[...trainee].length} characters; valid is any name of up to 100`);
  if (given.email === undefined || given.email === null) return { seat, trainee };
  if (!email.safeParse(given.email).success) problems.tell(at, `email: ${shown(given.email)} is no e-mail address, such as ada@example.org`);
  return { seat, trainee, email: String(given.email) };
}

/** YAML reads `seat: 7` as a number; a list or map is no text. */
function text(given: unknown): string {
  return typeof given === "string" || typeof given === "number" ? String(given).trim() : given === undefined || given === null ? "" : shown(given);
}
