import * as fs from "node:fs";
import * as path from "node:path";
import { buildSync } from "esbuild";
import { projectRoot } from "../../base/paths";

/**
 * Compiles a module of the project with all its imports into one file below `folder`, for plain Node. Starting tsx
 * for each process takes several times as long.
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
