import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Host } from "./host";
import { VERSION } from "./version";

/**
 * Says once per run that this is not the official plugin. One `pulumi` process starts the provider for its preview and again for its
 * update, so a mark named after that process remembers that it was said.
 *
 * @param folder where the marks are kept; those of processes that have ended are removed.
 */
export function announceOnce(folder: string, host: Host, urn: string): void {
  const mark = String(process.ppid);
  try {
    mkdirSync(folder, { recursive: true });
    for (const old of readdirSync(folder)) if (/^\d+$/.test(old) && !alive(Number(old))) rmSync(join(folder, old), { force: true });
    writeFileSync(join(folder, mark), "", { flag: "wx" });
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === "EEXIST") return;
  }
  host.log("info", urn, `this is a stand-in for the Kubernetes provider ${VERSION}, used because the official plugin is not installed (see embedded/provider/README.md)`);
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === "EPERM";
  }
}
