import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../base/errors";

/** Refuses a file that cannot be written because its folder is not there: before the work begins, and not after it. @throws UserError */
export function requireFolder(option: string, file: string): void {
  const folder = path.dirname(path.resolve(file));
  if (!fs.existsSync(folder)) throw new UserError(`${option} ${file}: there is no folder ${folder}.`);
}

/** Writes a file that was asked for by an option. @throws UserError where it cannot be written */
export function writeAsked(option: string, file: string, text: string | Uint8Array): void {
  try {
    fs.writeFileSync(file, text);
  } catch (error) {
    throw new UserError(`${option} ${file} cannot be written: ${(error as Error).message}.`);
  }
}
