import * as fs from "node:fs";
import * as path from "node:path";
import { readYamlText, type YamlRead } from "../../../base/yaml";

/** The folder of the project. A config names its files and folders from here. */
const project = path.join(__dirname, "..", "..", "..");

/** A YAML document of a lesson's folder. */
export interface Source {
  /** The file as messages name it, such as `./lessons/payments/lesson.yaml`. */
  readonly file: string;
  readonly value: unknown;
  /** Returns the line of the value at these keys, or of what is nearest to it. */
  lineOf(keys?: readonly PropertyKey[]): number;
}

/** The documents of a lesson's folder. */
export interface Folder {
  readonly lesson?: Source;
  readonly checks?: Source;
  readonly manifests: readonly Source[];
}

/** Reports a problem: where it is, and what it is. */
export type Refuse = (where: string, problem: string) => void;

/** Reads the documents of a lesson's folder, and refuses everything that cannot be read. */
export function readFolder(folder: string, refuse: Refuse): Folder {
  const root = path.resolve(project, folder);
  const real = realPath(root);
  if (real === undefined || !fs.statSync(real).isDirectory()) {
    refuse(folder, `is not a folder of this project; \`npm run lesson -- new ${path.basename(folder)}\` makes one`);
    return { manifests: [] };
  }
  const read = (name: string): Source[] => {
    const file = `${folder}/${name}`;
    const text = textOf(path.join(root, name), real, (problem) => refuse(file, problem));
    return text === undefined ? [] : documentsOf(file, text, refuse);
  };
  const one = (name: string): Source | undefined => {
    const [first, second] = read(name);
    if (second !== undefined)
      refuse(`${folder}/${name}:${second.lineOf()}`, "begins a second document (---); only one is allowed");
    return first;
  };
  const manifests = listed(path.join(root, "manifests"), real, (name, problem) =>
    refuse(`${folder}/manifests${name === "" ? "" : `/${name}`}`, problem),
  ).flatMap((name) => read(`manifests/${name}`));
  const hasChecks = fs.existsSync(path.join(root, "checks.yaml"));
  return { lesson: one("lesson.yaml"), ...(hasChecks && { checks: one("checks.yaml") }), manifests };
}

/** Returns the names of the YAML files in `manifests`, in order. Everything else there is refused, and not passed over. */
function listed(folder: string, root: string, refuse: (name: string, problem: string) => void): string[] {
  const real = realPath(folder);
  if (real === undefined || !fs.statSync(real).isDirectory()) {
    refuse("", "is not a folder; it holds the lesson's objects as YAML files");
    return [];
  }
  if (!isInside(real, root)) {
    refuse("", "leads out of the lesson's folder");
    return [];
  }
  const names = fs
    .readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .sort();
  const isYaml = (name: string) => /\.ya?ml$/.test(name);
  for (const name of names) if (!isYaml(name)) refuse(name, "is not a YAML file (*.yaml); only such files may be here");
  return names.filter(isYaml);
}

/** In bytes. The API server takes no larger object either. */
const LARGEST = 1 << 20;

function textOf(file: string, root: string, refuse: (problem: string) => void): string | undefined {
  const real = realPath(file);
  if (real === undefined) return void refuse("does not exist");
  if (!isInside(real, root)) return void refuse("leads out of the lesson's folder");
  const { size, isFile } = { size: fs.statSync(real).size, isFile: fs.statSync(real).isFile() };
  if (!isFile) return void refuse("is not a file");
  if (size > LARGEST) return void refuse(`is larger than ${LARGEST / 1024} KiB`);
  try {
    return fs.readFileSync(real, "utf8");
  } catch (error) {
    return void refuse(`cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function realPath(file: string): string | undefined {
  try {
    return fs.realpathSync(file);
  } catch {
    return undefined;
  }
}

function isInside(file: string, folder: string): boolean {
  return file.startsWith(`${folder}${path.sep}`);
}

/** Cuts a file into its documents. A line `---` at its beginning cannot be inside a value. */
function documentsOf(file: string, text: string, refuse: Refuse): Source[] {
  const lines = text.split("\n");
  const starts = lines.flatMap((line, index) => (/^---(\s|$)/.test(line) ? [index] : []));
  const parts = [0, ...starts.map((start) => start + 1)].map((from, index) => ({
    from,
    text: lines.slice(from, starts[index] ?? lines.length).join("\n"),
  }));
  const written = parts.filter(({ text }) => text.split("\n").some((line) => !/^\s*(#|$)/.test(line)));
  if (written.length === 0) refuse(file, "is empty");
  return written.flatMap(({ from, text }) => {
    const read = readOnce(text);
    for (const problem of read.problems) refuse(`${file}:${from + problem.line}`, problem.text);
    return read.problems.length > 0
      ? []
      : [{ file, value: read.value, lineOf: (keys = []) => from + lineIn(read, keys) }];
  });
}

/** Returns the line of a value in its document, of its key where it is in a map, or of what it is missing from. */
function lineIn({ document, lineOf }: YamlRead, keys: readonly PropertyKey[]): number {
  for (let known = keys.length; known > 0; known -= 1) {
    const node = document.getIn(
      keys.slice(0, known).map((key) => (typeof key === "symbol" ? "" : key)),
      true,
    );
    if (node !== undefined && node !== null) return lineOf(node);
  }
  return lineOf(document.contents);
}

/** Documents by their text. Each seat of a class reads the same few. */
const known = new Map<string, YamlRead>();

function readOnce(text: string): YamlRead {
  const read = known.get(text) ?? readYamlText(text);
  known.set(text, read);
  return read;
}

/** `checks[2].wanted` */
export function labelOf(keys: readonly PropertyKey[]): string {
  return keys.reduce<string>(
    (label, key) => (typeof key === "number" ? `${label}[${key}]` : `${label}${label === "" ? "" : "."}${String(key)}`),
    "",
  );
}
