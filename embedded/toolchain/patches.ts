import * as fs from "node:fs";
import * as path from "node:path";
import type { Patch } from "./modules";

/**
 * Copies dependencies into `folder` and patches them. Also writes a go.mod there that replaces the dependencies with
 * the copies, and a go.sum beside it. `go build -overlay` does not work for this: it accepts no file of the module
 * cache.
 *
 * @param module the folder with the go.mod that is built
 * @param dependencies the downloaded folders, by module path
 * @returns the go.mod, for `-modfile`
 * @throws if a patch does not fit, because the version was raised without it
 */
export function withPatches(
  folder: string,
  module: string,
  dependencies: ReadonlyMap<string, string>,
  patches: readonly Patch[],
): string {
  const replacements = [...dependencies].map(([name, from], index) => {
    const copy = path.join(folder, String(index));
    fs.cpSync(from, copy, { recursive: true });
    for (const patch of patches.filter((one) => one.module === name)) apply(patch, path.join(copy, patch.file));
    return `replace ${name} => ${JSON.stringify(copy)}\n`;
  });
  const modfile = path.join(folder, "go.mod");
  fs.writeFileSync(modfile, `${fs.readFileSync(path.join(module, "go.mod"), "utf8")}\n${replacements.join("")}`);
  fs.copyFileSync(path.join(module, "go.sum"), path.join(folder, "go.sum"));
  return modfile;
}

function apply({ module, file, from, to }: Patch, copy: string): void {
  const parts = fs.existsSync(copy) ? fs.readFileSync(copy, "utf8").split(from) : [];
  if (parts.length !== 2)
    throw new Error(
      `${module}: ${JSON.stringify(from)} must be in ${file} exactly once. Its change in modules.ts belongs to another version.`,
    );
  // The module cache is read-only, and so are copies from it.
  fs.chmodSync(copy, 0o644);
  fs.writeFileSync(copy, parts.join(to));
}
