import * as fs from "node:fs";

/** A file's text, in UTF-8; undefined, and told why, where it cannot be read as that. */
export function readText(file: string, tell: (problem: string) => void): string | undefined {
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    tell(code === "ENOENT" ? "is not there" : code === "EISDIR" ? "is a folder" : `cannot be read: ${(error as Error).message}`);
    return undefined;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    tell('is not in UTF-8: save it anew as "CSV UTF-8" (Excel), or with character set UTF-8');
    return undefined;
  }
}
