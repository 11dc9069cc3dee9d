import type { Command, Option } from "commander";
import { localName, readStackName, shownName, type NameRead } from "../../base/names";
import { chosenBackend } from "../stack/backend";
import { UserError } from "../../base/errors";

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
