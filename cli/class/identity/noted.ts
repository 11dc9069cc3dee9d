import { createHash, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { createWhole, writeWhole } from "../../../base/files";
import { makeLab } from "../../../base/lab";
import { labRoot } from "../../../base/paths";
import { UserError } from "../../../base/errors";
import type { Roster } from "../model";

/** A class folder's note: the class' roster, and the id that its stacks carry. */
export interface NotedClass {
  readonly id: string;
  readonly name: string;
  /** The roster's file, absolute and without symbolic links. */
  readonly roster: string;
}

/** A class' folder, and the id from its note. */
export interface ClassFolder {
  readonly folder: string;
  readonly id: string;
}

/** Whether the text is a valid class id: a UUID as `randomUUID` writes it. */
export function isClassId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/**
 * Returns the folder of a roster's class below `.lab/class`, mode 0700, with the class' id. The folder is named after
 * the roster. Where another roster of that name has its note there, the name gets part of the path's hash. A folder
 * without a note dates from before ids: the first roster of its name takes it.
 */
export function claimFolder({ name, file }: Pick<Roster, "name" | "file">): ClassFolder {
  const roster = fs.realpathSync(file);
  makeLab();
  const [plain, hashed] = [name, `${name}.${createHash("sha256").update(roster).digest("hex").slice(0, 12)}`].map(
    folderNamed,
  ) as [string, string];
  const isNoted = (folder: string) => readNoted(folder)?.roster === roster;
  const folder =
    [plain, hashed].find(isNoted) ?? [plain, hashed].find((free) => claim(free, { id: randomUUID(), name, roster }));
  if (folder === undefined)
    throw new UserError(
      `Class ${name}: ${hashed} belongs to another roster, ${readNoted(hashed)!.roster}. Rename ${file}.`,
    );
  return { folder, id: readNoted(folder)!.id };
}

/** Notes an id that the user gave as the one that the roster's stacks carry. */
export function noteId(folder: string, id: string): void {
  const noted = readNoted(folder);
  if (noted !== undefined && noted.id !== id) write(folder, { ...noted, id });
}

/** The rosters of this checkout whose class has this id. */
export function rostersOf(id: string): string[] {
  const root = path.join(labRoot(), "class");
  if (!fs.existsSync(root)) return [];
  return fs.readdirSync(root).flatMap((name) => {
    const noted = readNoted(path.join(root, name));
    return noted?.id === id ? [noted.roster] : [];
  });
}

/**
 * Reads the note; undefined only where there is none.
 * @throws UserError where the note cannot be read, because the folder's owner is unknown then
 */
export function readNoted(folder: string): NotedClass | undefined {
  const file = noteFile(folder);
  try {
    const noted = JSON.parse(fs.readFileSync(file, "utf8")) as NotedClass;
    if (isClassId(noted.id) && typeof noted.roster === "string") return noted;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new UserError(
      `${file} cannot be read: ${message}. It says which class the folder belongs to. Nothing has been done.`,
    );
  }
  throw new UserError(
    `${file} is not a class's record: it needs the class's id and its roster. Nothing has been done.`,
  );
}

/** Takes the folder for this class. Returns false where another process or roster was faster. */
function claim(folder: string, noted: NotedClass): boolean {
  fs.mkdirSync(path.join(folder, "logs"), { recursive: true, mode: 0o700 });
  return createWhole(noteFile(folder), text(noted), 0o600) || readNoted(folder)?.roster === noted.roster;
}

function folderNamed(name: string): string {
  const root = path.join(labRoot(), "class");
  const folder = path.join(root, name);
  if (path.dirname(folder) !== root || name === "." || name === "..")
    throw new UserError(`${JSON.stringify(name)} cannot name a class: its folder would not be in ${root}.`);
  return folder;
}

function write(folder: string, noted: NotedClass): void {
  writeWhole(noteFile(folder), text(noted), 0o600);
}

function text(noted: NotedClass): string {
  return `${JSON.stringify(noted, undefined, 2)}\n`;
}

function noteFile(folder: string): string {
  return path.join(folder, "class.json");
}
