import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "./errors";

/** Refuses a file that cannot be written because its folder is not there: before the work begins, and not after it. @throws UserError */
export function requireFolder(option: string, file: string): void {
  const folder = path.dirname(path.resolve(file));
  if (!fs.existsSync(folder)) throw new UserError(`${option} ${file}: there is no folder ${folder}.`);
}
