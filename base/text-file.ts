import * as fs from "node:fs";

/** In bytes; larger than any roster or stack file. */
const LARGEST = 8 << 20;

/** Reads a UTF-8 text file. If that fails, calls `tell` with the reason and returns undefined. */
export function readText(file: string, tell: (problem: string) => void): string | undefined {
  let about: fs.Stats;
  let bytes: Buffer;
  try {
    about = fs.statSync(file);
    // Reading a device or a pipe might never end.
    bytes = about.isFile() && about.size <= LARGEST ? fs.readFileSync(file) : Buffer.alloc(0);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    tell(code === "ENOENT" ? "does not exist" : `cannot be read: ${(error as Error).message}`);
    return undefined;
  }
  if (!about.isFile())
    return void tell(about.isDirectory() ? "is a folder" : "is not a file but a device, a pipe or a socket");
  if (about.size > LARGEST) return void tell(`is larger than ${LARGEST >> 20} MiB`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    tell('is not in UTF-8: save it as "CSV UTF-8" (Excel), or with character set UTF-8');
    return undefined;
  }
}
