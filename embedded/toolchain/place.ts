import * as fs from "node:fs";
import * as path from "node:path";
import { identify } from "../node/processes";
import { cacheRoot } from "../paths";

/** The cache folder of one finished thing: `<cache>/toolchain/<name>-<key>`. It exists only when it is whole. */
export function place(name: string, key: string): string {
  return path.join(cacheRoot(), "toolchain", `${name}-${key}`);
}

/**
 * Makes `folder` whole at once: `fill` writes into a folder of another name, which is then renamed.
 * What a killed run left half-made is cleared first.
 */
export async function makeWhole(folder: string, fill: (scratch: string) => Promise<void>): Promise<void> {
  const parent = path.dirname(folder);
  const prefix = `.${path.basename(folder)}.`;
  fs.mkdirSync(parent, { recursive: true });
  for (const left of fs.readdirSync(parent)) {
    const [, process] = /^(\d+)$/.exec(left.startsWith(prefix) ? left.slice(prefix.length) : "") ?? [];
    if (process !== undefined && !identify(Number(process))) {
      fs.rmSync(path.join(parent, left), { recursive: true, force: true });
    }
  }
  const scratch = path.join(parent, `${prefix}${process.pid}`);
  fs.rmSync(scratch, { recursive: true, force: true });
  fs.mkdirSync(scratch);
  try {
    await fill(scratch);
    fs.renameSync(scratch, folder);
  } catch (error) {
    fs.rmSync(scratch, { recursive: true, force: true });
    // Another run may have been quicker with the same thing; then there is nothing left to do.
    if (!fs.existsSync(folder) || !isTaken(error)) throw error;
  }
}

function isTaken(error: unknown): boolean {
  return ["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "");
}
