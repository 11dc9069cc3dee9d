import * as fs from "node:fs";
import * as path from "node:path";
import { readYamlText, type YamlRead } from "../base/yaml";
import { shown, type Given } from "./given";

const project = path.join(__dirname, "..");

/** What a YAML file says that a key of the config names, and what is wrong with that file. */
export interface GivenFile {
  /** Undefined where no file is named, or where it cannot be read. */
  readonly value: unknown;
  /** Tells what is wrong in the file, beside its name. */
  readonly refuse: (problem: string) => void;
}

/** Reads the YAML file whose path, from the project's folder, is given. @param valid what the file should hold, made of constants */
export function readGivenFile(given: Given, valid: string): GivenFile {
  const file = given.text(/^(?!\/|~)(?!.*(^|\/)\.\.(\/|$))[^\0]*\.ya?ml$/, `the path in this project of a YAML file with ${valid}`);
  const refuse = (problem: string) => void given.refuse(`"${file}" ${problem}`, `the path in this project of a YAML file with ${valid}`);
  if (file === undefined) return { value: undefined, refuse };
  let text: string;
  try {
    text = fs.readFileSync(path.join(project, file), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    refuse(code === "ENOENT" ? `is not there; valid is the path in this project of a YAML file with ${valid}` : `cannot be read (${code})`);
    return { value: undefined, refuse };
  }
  const { value, problems } = readOnce(text);
  for (const problem of problems) refuse(`line ${problem.line}: ${problem.text}`);
  if (problems.length > 0) return { value: undefined, refuse };
  if (value === undefined || value === null) refuse(`is empty; valid is a YAML file with ${valid}`);
  return { value: value ?? undefined, refuse };
}

/** Text → what it says. Every seat of a class names the same few files. */
const known = new Map<string, YamlRead>();

function readOnce(text: string): YamlRead {
  const read = known.get(text) ?? readYamlText(text);
  known.set(text, read);
  return read;
}

/** A value in such a file, as a message shows it. */
export function brief(value: unknown): string {
  if (value === undefined) return "(not set)";
  const text = shown(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
