import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { binary } from "../../toolchain";

/** The path of helm: `$ISTIO_LAB_HELM`, else the one built here, else the first on PATH. */
export function helmBinary(): string {
  if (process.env.ISTIO_LAB_HELM) return process.env.ISTIO_LAB_HELM;
  try {
    return binary("helm");
  } catch (e) {
    const found = (process.env.PATH ?? "")
      .split(delimiter)
      .map((folder) => join(folder, "helm"))
      .find((file) => existsSync(file));
    if (found) return found;
    throw e;
  }
}
