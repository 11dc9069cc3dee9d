import * as fs from "node:fs";
import * as path from "node:path";
import * as z from "zod";
import { UserError } from "../../../base/errors";
import { DEFAULT_STACK } from "../../../base/names";
import { readText } from "../../../base/text-file";
import { shown } from "../../../components/config-value";
import { configFile, stackNameProblem } from "../../stack/stack";
import type { Roster, RosterSeat } from "../model";
import { type Draft, type DraftSeat, readCsv, readYaml, Problems } from "./draft";
import { byPath } from "./paths";
import { validate } from "./validate";

export interface RosterOptions {
  /** The stack that new seats begin with. @default what the roster says */
  readonly from?: string;
  /**
   * Whether the seats' configs must be valid. `class destroy` must still work where the rules changed after `up`.
   * @default "valid"
   */
  readonly configs?: "valid" | "any";
}

/** Reads and validates a roster, CSV or YAML. @throws UserError with all problems at once, each with its line or seat, key, value and what is valid */
export function readRoster(file: string, options: RosterOptions = {}): Roster {
  const problems = new Problems();
  const draft = readDraft(file, problems);
  const name = readName(file, problems);
  const from = readFrom(
    options.from ?? draft.from ?? DEFAULT_STACK,
    options.from === undefined ? "from" : "--from",
    problems,
  );
  const common = readTime(draft.expires, "", problems);
  const config = byPath(draft.config, (text) => problems.tell("", text));
  const seats = draft.seats.map(({ at, ...seat }): RosterSeat => {
    const { expires = common, ...person } = {
      ...readPerson(seat, at, problems),
      expires: readTime(seat.expires, at, problems) ?? common,
    };
    return {
      ...person,
      ...(expires && { expires }),
      config: byPath(seat.config, (text) => problems.tell(at, text)),
      at,
    };
  });
  const roster: Roster = { name, file: path.resolve(file), from, config, seats };
  // A roster that could not be read would count as one without seats. Without the `from` file there is no config to
  // validate.
  if (fs.existsSync(configFile(from)) && (seats.length > 0 || problems.none))
    validate(roster, problems, options.configs);
  problems.throwIfAny(file);
  return roster;
}

function readDraft(file: string, problems: Problems): Draft {
  const kind = path.extname(file).toLowerCase();
  if (![".csv", ".yaml", ".yml"].includes(kind))
    throw new UserError(`--roster ${file}: a roster is a .csv, .yaml or .yml file.`);
  const text = readText(file, (problem) => {
    throw new UserError(`--roster ${file}: the file ${problem}.`);
  })!;
  return kind === ".csv"
    ? { config: undefined, seats: readCsv(text, (line) => `line ${line}`, problems) }
    : readYaml(text, file, problems);
}

function readName(file: string, problems: Problems): string {
  const name = path.basename(file, path.extname(file));
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(name)) {
    problems.tell(
      "",
      `${shown(name)} names the class. A class's name has letters, digits, '-', '_' and '.', and starts with a letter or digit. Rename the file`,
    );
  }
  return name;
}

function readFrom(from: unknown, key: string, problems: Problems): string {
  const stack = String(from);
  const problem = stackNameProblem(stack, undefined);
  if (problem !== undefined) problems.tell("", `${key} ${shown(from)}: ${problem}`);
  else if (!fs.existsSync(configFile(stack)))
    problems.tell("", `${key} ${stack}: there is no Pulumi.${stack}.yaml that new seats could start from`);
  return stack;
}

function readTime(given: unknown, at: string, problems: Problems): Date | undefined {
  if (given === undefined || given === null) return undefined;
  const expires = readExpiry(given);
  if (expires === undefined) problems.tell(at, `expires: ${shown(given)} is not ${EXPIRIES}`);
  return expires;
}

const email = z.email();
/**
 * Control characters, and characters that change the text's direction: they would spoil boards, tables and cards. Names
 * may be in any script.
 */
const unprintable = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** Reads who has the seat. The target's rules for the seat's name follow in validate.ts. */
function readPerson(
  given: Omit<DraftSeat, "at">,
  at: string,
  problems: Problems,
): Pick<RosterSeat, "seat" | "trainee" | "email"> {
  const seat = text(given.seat);
  const trainee = text(given.trainee).normalize("NFC");
  if (seat === "") problems.tell(at, "seat: is missing; valid is for example seat-01");
  if (trainee === "") problems.tell(at, "trainee: is missing; valid is any name");
  if (unprintable.test(trainee))
    problems.tell(
      at,
      `trainee: ${shown(trainee)} has characters that cannot be printed; valid is any name of up to 100 characters`,
    );
  if ([...trainee].length > 100)
    problems.tell(
      at,
      `trainee: ${shown(trainee)} has ${[...trainee].length} characters; valid is any name of up to 100`,
    );
  if (given.email === undefined || given.email === null) return { seat, trainee };
  if (!email.safeParse(given.email).success)
    problems.tell(at, `email: ${shown(given.email)} is not an e-mail address, such as ada@example.org`);
  return { seat, trainee, email: String(given.email) };
}

/** YAML reads `seat: 7` as a number. Lists and maps are shown, so that the message names them. */
function text(given: unknown): string {
  return typeof given === "string" || typeof given === "number"
    ? String(given).trim()
    : given === undefined || given === null
      ? ""
      : shown(given);
}

/** Valid values, for messages. */
export const EXPIRIES =
  "a day such as 2026-12-01 (until its end, UTC), or a time with its zone such as 2026-12-01T18:00:00+01:00";

const day = z.iso.date();
const time = z.union([z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })]);

/** Reads when a seat may be destroyed. Returns undefined where the text is no such time. */
export function readExpiry(text: unknown): Date | undefined {
  if (day.safeParse(text).success) return new Date(`${text as string}T23:59:59Z`);
  return time.safeParse(text).success ? new Date(text as string) : undefined;
}
