import * as fs from "node:fs";

/**
 * The name of the program that runs as process `pid`; undefined when there is none. A killed process that still waits
 * for its parent to take note of its end (a zombie) does not run. Without /proc the name is empty.
 */
export function livingProcess(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return undefined;
  }
  try {
    const [, name, state] = /\((.*)\) (\S)/s.exec(fs.readFileSync(`/proc/${pid}/stat`, "utf8"))!;
    return state === "Z" ? undefined : name;
  } catch {
    return fs.existsSync("/proc/self") ? undefined : "";
  }
}
