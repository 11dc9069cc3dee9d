import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processAnswer } from "../../base/process-answer";
import { identify } from "../../base/process-id";
import { Host } from "./host";
import { pulumi } from "../../versions";

/**
 * Tells the user once per run that this is not the official plugin. One `pulumi` process starts the provider for its
 * preview and again for its update. So a mark named after that process remembers the message. The mark holds the
 * process's start time.
 *
 * @param folder where the marks are kept; marks of processes that have ended are removed.
 */
export function announceOnce(folder: string, host: Host, urn: string): void {
  const mark = String(process.ppid);
  try {
    mkdirSync(folder, { recursive: true });
    for (const old of readdirSync(folder))
      if (/^\d+$/.test(old) && !lives(Number(old), join(folder, old))) rmSync(join(folder, old), { force: true });
    writeFileSync(join(folder, mark), identify(process.ppid)?.start ?? "", { flag: "wx" });
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === "EEXIST") return;
  }
  host.log(
    "info",
    urn,
    `this is a stand-in for the Kubernetes provider ${pulumi.kubernetes}, used because the official plugin is not installed (see embedded/provider/README.md)`,
  );
}

/** Whether the process of a mark lives. An older version did not write the start time. */
function lives(pid: number, mark: string): boolean {
  if (!existsSync("/proc/self")) return processAnswer(pid) !== "none";
  const start = readFileSync(mark, "utf8");
  const found = identify(pid);
  return found !== undefined && (start === "" || start === found.start);
}
