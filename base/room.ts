import * as fs from "node:fs";
import * as path from "node:path";

/** Returns the free bytes on the disk that holds or will hold `folder`, and the closest parent folder that exists. */
export function roomFor(folder: string): { there: string; bytes: number } {
  let there = path.resolve(folder);
  while (!fs.existsSync(there)) there = path.dirname(there);
  const { bavail, bsize } = fs.statfsSync(there);
  return { there, bytes: bavail * bsize };
}

/** Formats bytes for people. */
export function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
