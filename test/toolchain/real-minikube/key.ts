import { createHash } from "node:crypto";
import * as fs from "node:fs";

/** The key of a build: of what it is told, and of the files that go in. */
export function keyOf(told: unknown, files: readonly string[] = []): string {
  const hash = createHash("sha256").update(JSON.stringify(told));
  for (const file of files) hash.update(fs.readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}
