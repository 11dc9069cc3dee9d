import * as fs from "node:fs";
import * as path from "node:path";
import { age, identify, isAlive } from "../../base/process-id";
import { cacheRoot } from "../../base/paths";

/** How far a clock may have been set forward meanwhile, in milliseconds. */
const CLOCK_SLACK = 10_000;

/** The cache folder of one finished item: `<cache>/toolchain/<name>-<key>`. It exists only when it is complete. */
export function place(name: string, key: string): string {
  return path.join(cacheRoot(), "toolchain", `${name}-${key}`);
}

/**
 * Makes `folder` atomically: `fill` writes into a folder with another name, which is then renamed. Unfinished folders
 * of killed runs are removed first.
 */
export async function makeWhole(folder: string, fill: (scratch: string) => Promise<void>): Promise<void> {
  const parent = path.dirname(folder);
  const prefix = `.${path.basename(folder)}.`;
  fs.mkdirSync(parent, { recursive: true });
  for (const left of fs.readdirSync(parent)) {
    const [, pid, start] = /^(\d+)(?:-(\d+))?$/.exec(left.startsWith(prefix) ? left.slice(prefix.length) : "") ?? [];
    if (pid !== undefined && !isFilled(path.join(parent, left), Number(pid), start)) {
      fs.rmSync(path.join(parent, left), { recursive: true, force: true });
    }
  }
  const scratch = path.join(parent, `${prefix}${process.pid}-${identify(process.pid)?.start ?? 0}`);
  fs.rmSync(scratch, { recursive: true, force: true });
  fs.mkdirSync(scratch);
  try {
    await fill(scratch);
    fs.renameSync(scratch, folder);
  } catch (error) {
    fs.rmSync(scratch, { recursive: true, force: true });
    // Another run may have finished the same folder first. Then nothing is left to do.
    if (!fs.existsSync(folder) || !isTaken(error)) throw error;
  }
}

/**
 * Whether the process that made a scratch folder still fills it. An older version named the folder only after its
 * PID. Then the process must also be older than its folder.
 */
function isFilled(folder: string, pid: number, start: string | undefined): boolean {
  if (start !== undefined) return isAlive({ pid, start });
  const found = identify(pid);
  const made = fs.statSync(folder, { throwIfNoEntry: false })?.birthtimeMs;
  return found !== undefined && (made === undefined || Date.now() - age(found) * 1000 < made + CLOCK_SLACK);
}

function isTaken(error: unknown): boolean {
  return ["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "");
}
