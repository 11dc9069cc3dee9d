import * as fs from "node:fs";

/*
 * Only ENOENT says that a file is not there. Node's `existsSync` is false for whatever could not be asked as well (EACCES, EMFILE, EIO), and what
 * decides about a delete must not take that for an absence.
 */

/** A file's text; undefined when there is no such file. @throws what else keeps it from being read */
export function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** Whether there is a file, folder or link of this path. @throws where that could not be asked */
export function isThere(path: string): boolean {
  return fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** The names in a folder; none when there is no such folder. @throws what else keeps it from being read */
export function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

export function isAbsence(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
