import * as fs from "node:fs";
import * as path from "node:path";

/** The room left, in bytes, on the disk that `folder` is on or will be on, and the folder of it that exists already. */
export function roomFor(folder: string): { there: string; bytes: number } {
  let there = path.resolve(folder);
  while (!fs.existsSync(there)) there = path.dirname(there);
  const { bavail, bsize } = fs.statfsSync(there);
  return { there, bytes: bavail * bsize };
}

/** Bytes as people read them. */
export function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
