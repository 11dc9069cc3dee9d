import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../base/errors";

/** Refuses an output file whose folder does not exist, before the work begins. @throws UserError */
export function requireFolder(option: string, file: string): void {
  const folder = path.dirname(path.resolve(file));
  if (!fs.existsSync(folder)) throw new UserError(`${option} ${file}: folder ${folder} does not exist.`);
}

/** Writes the file that an option names. @throws UserError where it cannot be written */
export function writeAsked(option: string, file: string, text: string | Uint8Array): void {
  try {
    fs.writeFileSync(file, text);
  } catch (error) {
    throw new UserError(`${option} ${file} cannot be written: ${(error as Error).message}.`);
  }
}
