import * as fs from "node:fs";
import * as path from "node:path";
import { writeWhole } from "../../base/files";
import { pulumi } from "../../versions";

const NAME = "pulumi-resource-kubernetes";
/** A file in the plugin's folder that marks the plugin as not the official one. */
const MARK = "istio-lab-stand-in";
const folderOf = (pulumiHome: string): string =>
  path.join(pulumiHome, "plugins", `resource-kubernetes-v${pulumi.kubernetes}`);

/** Which Kubernetes provider the engine finds in `pulumiHome`. */
export function providerInUse(pulumiHome: string): "official" | "stand-in" | "none" {
  const folder = folderOf(pulumiHome);
  if (!fs.existsSync(path.join(folder, NAME))) return "none";
  return fs.existsSync(path.join(folder, MARK)) ? "stand-in" : "official";
}

/**
 * Installs a launcher of this checkout's stand-in where the engine looks for the plugin. Also bundles the stand-in,
 * so that its first start is fast. Idempotent. Never overwrites the official plugin.
 */
export async function installStandIn(pulumiHome: string): Promise<void> {
  if (providerInUse(pulumiHome) === "official") return;
  const folder = folderOf(pulumiHome);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(
    path.join(folder, MARK),
    "made by embedded/provider/install.ts; remove this folder to install the official plugin\n",
  );
  const quoted = [process.execPath, path.join(__dirname, "launch.cjs"), folder]
    .map((s) => `'${s.replaceAll("'", "'\\''")}'`)
    .join(" ");
  const launcher = path.join(folder, NAME);
  writeWhole(launcher, `#!/bin/sh\nexec ${quoted} "$@"\n`, 0o755);
  await (require("./launch.cjs") as { bundle(folder: string): Promise<string> }).bundle(folder);
}
