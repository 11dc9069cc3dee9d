import * as fs from "node:fs";
import * as path from "node:path";
import { build, type Plugin } from "esbuild";
import { projectRoot } from "../../base/paths";

/**
 * Compiles a script into one file below `folder`, for plain Node. What it loads of the project comes along; packages
 * stay where they are. Starting tsx for each process takes ten times as long, because tsx transforms the packages too.
 *
 * @param script loads modules by their paths from the project's root, as `require("./base/files")`
 * @param root of a copy of the sources. @default this checkout
 */
export async function compiled(folder: string, script: string, root = projectRoot): Promise<string> {
  const outfile = path.join(folder, "compiled.cjs");
  const modules = path.join(folder, "node_modules");
  if (!fs.existsSync(modules)) fs.symlinkSync(path.join(projectRoot, "node_modules"), modules);
  await build({
    stdin: { contents: script, resolveDir: root, loader: "ts" },
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    packages: "external",
    logLevel: "error",
    plugins: [ownFolders],
  });
  return outfile;
}

/** Each source reads its files from its own folder. */
const ownFolders: Plugin = {
  name: "own-folders",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
      const text = fs.readFileSync(file, "utf8");
      const own = `const __dirname = ${JSON.stringify(path.dirname(file))}, __filename = ${JSON.stringify(file)};`;
      return { loader: "ts", contents: /\b__(dir|file)name\b/.test(text) ? `${own} ${text}` : text };
    }),
};
