import * as fs from "node:fs";

/** More than any roster or stack file has. */
const LARGEST = 8 << 20;

/** A file's text, in UTF-8; undefined, and told why, where it cannot be read as that. */
export function readText(file: string, tell: (problem: string) => void): string | undefined {
  let about: fs.Stats;
  let bytes: Buffer;
  try {
    about = fs.statSync(file);
    // A device or a pipe may have no end.
    bytes = about.isFile() && about.size <= LARGEST ? fs.readFileSync(file) : Buffer.alloc(0);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    tell(code === "ENOENT" ? "is not there" : `cannot be read: ${(error as Error).message}`);
    return undefined;
  }
  if (!about.isFile())
    return void tell(about.isDirectory() ? "is a folder" : "is no file but a device, a pipe or a socket");
  if (about.size > LARGEST) return void tell(`is larger than ${LARGEST >> 20} MiB`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    tell('is not in UTF-8: save it anew as "CSV UTF-8" (Excel), or with character set UTF-8');
    return undefined;
  }
}
