import * as fs from "node:fs";
import * as path from "node:path";
import { buildSync } from "esbuild";
import { projectRoot } from "../../base/paths";

/**
 * Compiles a module of the project, with all that it imports, into one file below `folder`. Plain Node runs it.
 * A process that starts tsx costs several times as much.
 */
export function compiledTo(folder: string, module: string): string {
  const outfile = path.join(folder, module.replace(/\.ts$/, ".cjs"));
  if (!fs.existsSync(outfile))
    buildSync({
      entryPoints: [path.join(projectRoot, module)],
      outfile,
      bundle: true,
      platform: "node",
      format: "cjs",
      logLevel: "error",
      external: ["esbuild", "pulumi"],
    });
  return outfile;
}
