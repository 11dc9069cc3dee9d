import * as fs from "node:fs";
import * as path from "node:path";
import { readYamlText, type YamlRead } from "../base/yaml";
import { text, type ReportedParams } from "./config-schema";
import { shown } from "./config-value";

const project = path.join(__dirname, "..");

/** Reports a problem in a file that the config names. */
export type RefuseFile = (problem: string) => void;

/**
 * Returns the schema of a key that names a YAML file by its path from the project's folder.
 * @param valid what the file should hold, made of constants
 * @param read reads the file's content, which is never undefined or null
 */
export function yamlFile<T>(valid: string, read: (value: unknown, refuse: RefuseFile) => readonly T[]) {
  const validPath = `the path in this project of a YAML file with ${valid}`;
  return text(/^(?!\/|~)(?!.*(^|\/)\.\.(\/|$))[^\0]*\.ya?ml$/, validPath)
    .transform((file, context): readonly T[] => {
      const refuse = (problem: string) =>
        context.addIssue({
          code: "custom",
          params: { refusal: `"${file}" ${problem}`, valid: validPath } satisfies ReportedParams,
        });
      const value = valueIn(file, valid, refuse);
      return value === undefined ? [] : read(value, refuse);
    })
    .default([]);
}

function valueIn(file: string, valid: string, refuse: RefuseFile): unknown {
  let text: string;
  try {
    text = fs.readFileSync(path.join(project, file), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return void refuse(
      code === "ENOENT"
        ? `does not exist; valid is the path in this project of a YAML file with ${valid}`
        : `cannot be read (${code})`,
    );
  }
  const { value, problems } = readOnce(text);
  for (const problem of problems) refuse(`line ${problem.line}: ${problem.text}`);
  if (problems.length > 0) return undefined;
  if (value === undefined || value === null) refuse(`is empty; valid is a YAML file with ${valid}`);
  return value ?? undefined;
}

/** Caches the parsed content by the file's text. All seats of a class name the same few files. */
const known = new Map<string, YamlRead>();

function readOnce(text: string): YamlRead {
  const read = known.get(text) ?? readYamlText(text);
  known.set(text, read);
  return read;
}

/** Formats a value of such a file for a message. */
export function brief(value: unknown): string {
  if (value === undefined) return "(not set)";
  const text = shown(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
