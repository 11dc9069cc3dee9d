import * as fs from "node:fs";
import * as path from "node:path";
import type { Command, Option } from "commander";
import { isOwn } from "../../base/process-owner";
import { identify } from "../../base/process-id";
import { quote } from "../../base/quote";
import { projectRoot } from "../../base/paths";
import { typedCommand, typedWords } from "./command-line";
import { UserError } from "../../base/errors";

/**
 * npm takes every flag before `--` for its own: `npm run down --stack=x2` runs `down` without it, on the selected stack. What npm took it leaves in the
 * environment (`npm_config_stack`), as it does with every key of an .npmrc. Its log has the command line itself, and decides where it can be read.
 */

/** A flag of ours that npm has taken, with the words that were its value, as far as they are known. */
interface Eaten {
  readonly option: Option;
  readonly values: readonly string[];
}

/** Flags that npm knows itself: a variable of these names may come from an .npmrc, or from a CI's environment, and says nothing of the command line. */
export const OF_NPM = ["dry-run", "json", "only", "yes"];

/** Refuses a run whose flags npm has kept for itself. @throws UserError with the command line that hands them on */
export function refuseEatenFlags(program: Command): void {
  if (!isRunByNpm()) return;
  const known = optionsOf(program);
  const eaten = eatenIn(known, commandLineOf(process.pid), process.env);
  const lost = eaten.filter(({ option }) => !OF_NPM.includes(nameOf(option)) || takes(program, typedWords(), option));
  if (lost.length > 0) throw new UserError(refusal(lost, typedWords(), verbsOf(program)));
}

/** By npm's log where it can be read, else by the environment. */
export function eatenIn(
  known: readonly Option[],
  commandLine: readonly string[] | undefined,
  env: NodeJS.ProcessEnv,
): Eaten[] {
  return commandLine === undefined
    ? known.flatMap((option) => inEnvironment(option, env))
    : inCommandLine(known, commandLine);
}

/** Without the log a flag of npm's own cannot be told from an .npmrc. Of those only a lost --dry-run does harm that can still be seen. */
function inEnvironment(option: Option, env: NodeJS.ProcessEnv): Eaten[] {
  const value = env[`npm_config_${nameOf(option).replaceAll("-", "_")}`];
  if (value === undefined) return [];
  if (OF_NPM.includes(nameOf(option)) && !(nameOf(option) === "dry-run" && value === "true")) return [];
  return [
    { option, values: hasValue(option) ? value.split("\n\n").filter((text) => text !== "true" && text !== "") : [] },
  ];
}

/** What comes before `--`, as npm's parser (nopt) reads it: any number of dashes, a value behind `=`, or words that follow. */
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

/** What happened, why, and the command line that hands the flags on. `verbs` are the words that are names of commands. */
export function refusal(eaten: readonly Eaten[], words: readonly string[], verbs: readonly string[] = []): string {
  const rest = [...words];
  for (const value of eaten.flatMap(({ values }) => values))
    if (rest.includes(value)) rest.splice(rest.indexOf(value), 1);
  const options = [...new Set(eaten.map(({ option }) => option))];
  const known = options.map((option) => ({
    option,
    values: eaten.filter((one) => one.option === option).flatMap(({ values }) => values.filter(isWhole)),
  }));
  // Where one value is missing and one word is left over, the word is the value.
  const [missing, ...further] = known.filter(({ option, values }) => option.required && values.length === 0);
  const spare = rest.filter((word) => !verbs.includes(word));
  if (missing !== undefined && further.length === 0 && spare.length === 1)
    missing.values.push(...rest.splice(rest.indexOf(spare[0]!), 1));
  const flags = known.map(({ option, values }) =>
    [option.long!, ...(values.length > 0 ? values.map(quote) : placeholder(option))].join(" "),
  );
  // kubectl's own words come last: what follows them is kubectl's.
  const [command, own] =
    process.env.npm_lifecycle_event === "kubectl"
      ? [typedCommand([], true), rest.map(quote)]
      : [typedCommand(rest, true), []];
  return `npm has kept ${options.map(({ long }) => long).join(", ")} for itself: it hands on only what follows \`--\`. Nothing has been done.\n${[command, ...flags, ...own].join(" ")}`;
}

/** What is to be filled in, for a value that npm does not say. */
function placeholder(option: Option): string[] {
  return option.required ? [/<[^>]+>/.exec(option.flags)![0].replace("...", "")] : [];
}

/** npm's log has stars in the place of what may be a secret. */
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

/** Whether the command that the words begin with has an option of that name. */
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

/** Whether npm runs a script of this checkout: what another package's npm was given is not for us. */
function isRunByNpm(): boolean {
  const { npm_lifecycle_event: event, npm_package_json: file } = process.env;
  return (
    event !== undefined &&
    file !== undefined &&
    fs.existsSync(file) &&
    fs.realpathSync(file) === fs.realpathSync(path.join(projectRoot, "package.json"))
  );
}

/** The words npm was started with, from the log that it has open; undefined where there is none to be read (`logs-max=0`, another system than Linux). */
function commandLineOf(pid: number): string[] | undefined {
  try {
    for (let depth = 0; depth < 3; depth += 1) {
      pid = identify(pid)!.parent;
      if (!isOwn(pid)) return undefined; // as with sudo: what another user's process has open is not read
      for (const descriptor of fs.readdirSync(`/proc/${pid}/fd`)) {
        const file = fs.readlinkSync(`/proc/${pid}/fd/${descriptor}`);
        if (!/_logs\/[^/]+-debug-\d+\.log$/.test(file)) continue;
        // By the descriptor, which leads to npm's own file, and not by the path, where another may be by now.
        const line = /^\d+ verbose argv (.*)$/m.exec(fs.readFileSync(`/proc/${pid}/fd/${descriptor}`, "utf8"))?.[1];
        return line?.match(/"(?:[^"\\]|\\.)*"/g)?.map((word) => JSON.parse(word) as string);
      }
    }
  } catch {
    return undefined;
  }
  return undefined;
}
