import * as fs from "node:fs";
import * as path from "node:path";
import type { Command, Option } from "commander";
import { UserError } from "../../base/errors";
import { localName, type NameRead, readStackName, shownName } from "../../base/names";
import { projectRoot } from "../../base/paths";
import { identify } from "../../base/process-id";
import { isOwn } from "../../base/process-owner";
import { quote } from "../../base/quote";
import { chosenBackend } from "../stack/backend";
import { typedCommand, typedWords } from "./command-line";

/** Readers of the options that name a stack or a seat, in any command. */
const readers: Readonly<Record<string, (text: string) => NameRead>> = {
  "--stack": inBackend,
  "--from": withoutOrganization,
  "--only": withoutOrganization,
  "--seat": withoutOrganization,
};

/**
 * Gives every option in `readers` its reader, in all commands below. A new command thus gets it through the option's
 * name. An option with a reader of its own keeps that.
 */
export function readNames(program: Command): Command {
  for (const option of program.options) {
    const read = option.long === undefined ? undefined : readers[option.long];
    if (read !== undefined && option.parseArg === undefined) nameOption(option, read);
  }
  program.commands.forEach(readNames);
  return program;
}

/** Makes the option's value a name in its normal form. @throws UserError when an invalid option is parsed */
export function nameOption(option: Option, read: (text: string) => NameRead): Option {
  return option.argParser((text: string, before: unknown) => {
    const { name, problem } = read(text);
    if (name === undefined) throw new UserError(`${option.long} ${shownName(text)}: ${problem}`);
    return option.variadic ? [...(Array.isArray(before) ? (before as string[]) : []), name] : name;
  });
}

function inBackend(text: string): NameRead {
  return readStackName(text, chosenBackend());
}

function withoutOrganization(text: string): NameRead {
  const read = inBackend(text);
  return read.name === undefined ? read : { name: localName(read.name) };
}

/**
 * npm takes every flag before `--` as its own: `npm run down --stack=x2` runs `down` without it, on the selected
 * stack. npm puts such a flag into the environment (`npm_config_stack`), like every key of an .npmrc.
 * Its log has the command line itself and takes precedence where it can be read.
 */

/** One of our flags that npm has taken, with its values as far as they are known. */
interface Eaten {
  readonly option: Option;
  readonly values: readonly string[];
}

/**
 * Flags that npm itself knows. A variable of these names may come from an .npmrc or a CI's environment, so it proves
 * nothing about the command line.
 */
export const OF_NPM = ["dry-run", "json", "only", "progress", "yes"];

/** Refuses a run whose flags npm has taken. @throws UserError with the command line that passes them on */
export function refuseEatenFlags(program: Command): void {
  if (!isRunByNpm()) return;
  const known = optionsOf(program);
  const eaten = eatenIn(known, commandLineOf(process.pid), process.env);
  const lost = eaten.filter(({ option }) => !OF_NPM.includes(nameOf(option)) || takes(program, typedWords(), option));
  if (lost.length > 0) throw new UserError(refusal(lost, typedWords(), verbsOf(program)));
}

/** Uses npm's log where it can be read, else the environment. */
export function eatenIn(
  known: readonly Option[],
  commandLine: readonly string[] | undefined,
  env: NodeJS.ProcessEnv,
): Eaten[] {
  return commandLine === undefined
    ? known.flatMap((option) => inEnvironment(option, env))
    : inCommandLine(known, commandLine);
}

/**
 * Without the log, a flag that npm knows could also come from an .npmrc. Only a lost --dry-run is reported then:
 * losing it does harm, and the variable still shows it.
 */
function inEnvironment(option: Option, env: NodeJS.ProcessEnv): Eaten[] {
  const value = env[`npm_config_${nameOf(option).replaceAll("-", "_")}`];
  if (value === undefined) return [];
  if (OF_NPM.includes(nameOf(option)) && !(nameOf(option) === "dry-run" && value === "true")) return [];
  return [
    { option, values: hasValue(option) ? value.split("\n\n").filter((text) => text !== "true" && text !== "") : [] },
  ];
}

/**
 * Reads the words before `--` like npm's parser (nopt): any number of dashes, a value after `=` or in the next word.
 */
function inCommandLine(known: readonly Option[], words: readonly string[]): Eaten[] {
  const before = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  return before.flatMap((word, index): Eaten[] => {
    const [, name, value] = /^-+(?:no-)?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const option = known.find((one) => nameOf(one) === name);
    if (option === undefined) return [];
    if (!hasValue(option)) return [{ option, values: [] }];
    if (value !== undefined) return [{ option, values: value === "" ? [] : [value] }];
    const next = before[index + 1];
    return [{ option, values: next === undefined || next.startsWith("-") ? [] : [next] }];
  });
}

/** What happened, why, and the command line that passes the flags on. `verbs` are the words that name commands. */
export function refusal(eaten: readonly Eaten[], words: readonly string[], verbs: readonly string[] = []): string {
  const rest = [...words];
  for (const value of eaten.flatMap(({ values }) => values))
    if (rest.includes(value)) rest.splice(rest.indexOf(value), 1);
  const options = [...new Set(eaten.map(({ option }) => option))];
  const known = options.map((option) => ({
    option,
    values: eaten.filter((one) => one.option === option).flatMap(({ values }) => values.filter(isWhole)),
  }));
  // If one value is missing and one word is left over, that word is the value.
  const [missing, ...further] = known.filter(({ option, values }) => option.required && values.length === 0);
  const spare = rest.filter((word) => !verbs.includes(word));
  if (missing !== undefined && further.length === 0 && spare.length === 1)
    missing.values.push(...rest.splice(rest.indexOf(spare[0]!), 1));
  const flags = known.map(({ option, values }) =>
    [option.long!, ...(values.length > 0 ? values.map(quote) : placeholder(option))].join(" "),
  );
  // kubectl's own words come last: all words after them belong to kubectl.
  const [command, own] =
    process.env.npm_lifecycle_event === "kubectl"
      ? [typedCommand([], true), rest.map(quote)]
      : [typedCommand(rest, true), []];
  return `npm took ${options.map(({ long }) => long).join(", ")} for itself: it passes on only what follows \`--\`. Nothing has been done.\n${[command, ...flags, ...own].join(" ")}`;
}

/** A placeholder for a value that npm does not report. */
function placeholder(option: Option): string[] {
  return option.required ? [/<[^>]+>/.exec(option.flags)![0].replace("...", "")] : [];
}

/** npm's log masks possible secrets with stars. */
function isWhole(value: string): boolean {
  return !value.includes("***");
}

/** The options of all commands, each name once. */
export function optionsOf(command: Command): Option[] {
  const all = [...command.options, ...command.commands.flatMap(optionsOf)].filter(({ long }) => long !== undefined);
  return all.filter((option, index) => all.findIndex(({ long }) => long === option.long) === index);
}

function verbsOf(command: Command): string[] {
  return command.commands.flatMap((one) => [one.name(), ...verbsOf(one)]);
}

/** Whether the command at the beginning of the words has an option of that name. */
function takes(program: Command, words: readonly string[], option: Option): boolean {
  const command = [process.argv[2] ?? "", ...words].reduce<Command>(
    (at, word) => at.commands.find((one) => one.name() === word) ?? at,
    program,
  );
  return optionsOf(command).some(({ long }) => long === option.long);
}

function hasValue(option: Option): boolean {
  return option.required || option.optional;
}

function nameOf({ long }: Option): string {
  return long!.replace(/^--/, "");
}

/** Whether npm runs a script of this checkout. Flags of another package's npm are not for us. */
function isRunByNpm(): boolean {
  const { npm_lifecycle_event: event, npm_package_json: file } = process.env;
  return (
    event !== undefined &&
    file !== undefined &&
    fs.existsSync(file) &&
    fs.realpathSync(file) === fs.realpathSync(path.join(projectRoot, "package.json"))
  );
}

/**
 * The words with which npm was started, from its open log. Undefined where no log can be read (`logs-max=0`, or a
 * system other than Linux).
 */
function commandLineOf(pid: number): string[] | undefined {
  try {
    for (let depth = 0; depth < 3; depth += 1) {
      pid = identify(pid)!.parent;
      if (!isOwn(pid)) return undefined; // as with sudo: files of another user's process are not read
      for (const descriptor of fs.readdirSync(`/proc/${pid}/fd`)) {
        const file = fs.readlinkSync(`/proc/${pid}/fd/${descriptor}`);
        if (!/_logs\/[^/]+-debug-\d+\.log$/.test(file)) continue;
        // Reads through the descriptor, which leads to npm's own file. At the path there may be another file by now.
        const line = /^\d+ verbose argv (.*)$/m.exec(fs.readFileSync(`/proc/${pid}/fd/${descriptor}`, "utf8"))?.[1];
        return line?.match(/"(?:[^"\\]|\\.)*"/g)?.map((word) => JSON.parse(word) as string);
      }
    }
  } catch {
    return undefined;
  }
  return undefined;
}
