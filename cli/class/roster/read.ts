import * as fs from "node:fs";
import * as path from "node:path";
import { DEFAULT_STACK } from "../../../base/names";
import { shown } from "../../../components/given";
import { UserError } from "../../../base/errors";
import { configFile, stackNameProblem } from "../../stack/stack";
import { readText } from "../../../base/text-file";
import type { Roster, RosterSeat } from "../model";
import { readCsv } from "./csv";
import type { Draft } from "./draft";
import { readPerson } from "./person";
import { EXPIRIES, readExpiry } from "./expires";
import { byPath } from "./paths";
import { Problems } from "./problems";
import { validate } from "./validate";
import { readYaml } from "./yaml";

export interface RosterOptions {
  /** The stack that new seats begin with. @default what the roster says */
  readonly from?: string;
  /** Whether the seats' configs have to be valid. A seat that stands must go although what is valid has changed since. @default "valid" */
  readonly configs?: "valid" | "any";
}

/** Reads and validates a roster, CSV or YAML. @throws UserError with all problems at once, each with its line or seat, key, value and what is valid */
export function readRoster(file: string, options: RosterOptions = {}): Roster {
  const problems = new Problems();
  const draft = readDraft(file, problems);
  const name = readName(file, problems);
  const from = readFrom(options.from ?? draft.from ?? DEFAULT_STACK, options.from === undefined ? "from" : "--from", problems);
  const common = readTime(draft.expires, "", problems);
  const config = byPath(draft.config, (text) => problems.tell("", text));
  const seats = draft.seats.map(({ at, ...seat }): RosterSeat => {
    const { expires = common, ...person } = { ...readPerson(seat, at, problems), expires: readTime(seat.expires, at, problems) ?? common };
    return { ...person, ...(expires && { expires }), config: byPath(seat.config, (text) => problems.tell(at, text)), at };
  });
  const roster: Roster = { name, file: path.resolve(file), from, config, seats };
  // Seats that could not be read at all would count as none, and without the file they begin with there is no config to judge.
  if (fs.existsSync(configFile(from)) && (seats.length > 0 || problems.none)) validate(roster, problems, options.configs);
  problems.throwIfAny(file);
  return roster;
}

function readDraft(file: string, problems: Problems): Draft {
  const kind = path.extname(file).toLowerCase();
  if (![".csv", ".yaml", ".yml"].includes(kind)) throw new UserError(`--roster ${file}: a roster is a .csv, .yaml or .yml file.`);
  const text = readText(file, (problem) => {
    throw new UserError(`--roster ${file}: the file ${problem}.`);
  })!;
  return kind === ".csv" ? { config: undefined, seats: readCsv(text, (line) => `line ${line}`, problems) } : readYaml(text, file, problems);
}

function readName(file: string, problems: Problems): string {
  const name = path.basename(file, path.extname(file));
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(name)) {
    problems.tell("", `${shown(name)} names the class, and such a name has letters, digits, '-', '_' and '.', and starts with a letter or digit: rename the file`);
  }
  return name;
}

function readFrom(from: unknown, key: string, problems: Problems): string {
  const stack = String(from);
  const problem = stackNameProblem(stack, undefined);
  if (problem !== undefined) problems.tell("", `${key} ${shown(from)}: ${problem}`);
  else if (!fs.existsSync(configFile(stack))) problems.tell("", `${key} ${stack}: there is no Pulumi.${stack}.yaml that new seats could begin with`);
  return stack;
}

function readTime(given: unknown, at: string, problems: Problems): Date | undefined {
  if (given === undefined || given === null) return undefined;
  const expires = readExpiry(given);
  if (expires === undefined) problems.tell(at, `expires: ${shown(given)} is not ${EXPIRIES}`);
  return expires;
}
