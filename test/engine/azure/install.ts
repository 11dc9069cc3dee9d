import * as fs from "node:fs";
import * as path from "node:path";
import { build, type Plugin } from "esbuild";
import { installStandIn } from "../../../embedded/provider/install";

/** The folder of the cloud's memory in a checkout. */
export const cloudFolder = (checkout: string): string => path.join(checkout, ".lab", "cloud");

/** Where a checkout keeps its plugins while the user has set no PULUMI_HOME of their own. */
const pulumiHome = (checkout: string): string => path.join(checkout, ".lab", "pulumi");

/**
 * Puts the recording plugins, and the Kubernetes provider's stand-in, where the engine of this checkout finds them: in its own PULUMI_HOME, which goes with it.
 * They are built from the checkout's sources.
 */
export async function installPlugins(checkout: string): Promise<void> {
  const home = pulumiHome(checkout);
  const bundle = path.join(home, "recording-plugins.cjs");
  await build({
    entryPoints: [path.join(checkout, "test/engine/azure/plugin/main.ts")],
    outfile: bundle,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    packages: "external",
    logLevel: "error",
    plugins: [keepDirname],
  });
  for (const name of ["azure-native", "random", "tls"]) {
    const { version } = JSON.parse(
      fs.readFileSync(path.join(checkout, "node_modules/@pulumi", name, "package.json"), "utf8"),
    ) as { version: string };
    const folder = path.join(home, "plugins", `resource-${name}-v${version}`);
    fs.mkdirSync(folder, { recursive: true });
    const quoted = [process.execPath, bundle, name, cloudFolder(checkout)].map((text) => `'${text}'`).join(" ");
    fs.writeFileSync(path.join(folder, `pulumi-resource-${name}`), `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  }
  await installStandIn(home);
}

/** A source that looks for files beside itself still finds them from within the bundle. */
const keepDirname: Plugin = {
  name: "dirname",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, ({ path: file }) => ({
      contents: fs.readFileSync(file, "utf8").replace(/\b__dirname\b/g, JSON.stringify(path.dirname(file))),
      loader: "ts",
    })),
};
