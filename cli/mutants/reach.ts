import { build } from "esbuild";
import * as fs from "node:fs";
import * as path from "node:path";

/** Loads the whole program by a computed name, which no bundler can follow. */
const PROGRAM = "test/unit/components/program.ts";

/**
 * The unit tests that load one of the files, directly or through other modules. Stryker first runs every test of its
 * run, and this run takes some ten minutes for the whole tier. A module that loads lazily counts as loaded.
 * @param files relative to `root`
 */
export async function testsThatLoad(root: string, files: readonly string[]): Promise<string[]> {
  const tests = fs
    .readdirSync(path.join(root, "test/unit"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => path.posix.join("test/unit", file.split(path.sep).join("/")));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...tests, "index.ts"],
    bundle: true,
    platform: "node",
    packages: "external",
    external: ["*.mjs", "*.cjs", "*.mts"],
    write: false,
    metafile: true,
    outdir: "nowhere",
    logLevel: "silent",
  });
  const wanted = new Set(files);
  const importsOf = (file: string) => [
    ...(metafile.inputs[file]?.imports ?? []).map((imported) => imported.path),
    ...(file === PROGRAM ? ["index.ts"] : []),
  ];
  return tests.filter((test) => {
    const loaded = new Set([test]);
    // A set that grows while it is walked visits what was added, too.
    for (const file of loaded) for (const imported of importsOf(file)) loaded.add(imported);
    return [...loaded].some((file) => wanted.has(file));
  });
}
