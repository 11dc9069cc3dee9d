import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/**
 * Stryker's patterns, `file:line-line`, for a percentage of these files' lines. File and text of a line decide whether
 * it is chosen, so runs before and after a change try the same faults.
 * Mutants that span several lines are never included.
 */
export function sampledLines(root: string, files: readonly string[], percent: number): string[] {
  return files.flatMap((file) => {
    const lines = fs.readFileSync(path.join(root, file), "utf8").split("\n");
    return lines.flatMap((line, index) =>
      line.trim() !== "" && shareOf(`${file}\n${line}`) < percent ? [`${file}:${index + 1}-${index + 1}`] : [],
    );
  });
}

/** A number from 0 up to 100, evenly distributed, and always the same for the same text. */
function shareOf(text: string): number {
  return (100 * createHash("sha256").update(text).digest().readUInt32BE()) / 2 ** 32;
}
