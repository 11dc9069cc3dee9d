import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { commandOf, identify } from "../embedded/node/processes";

/** A lock file of Pulumi's local backend: who holds the stack. */
interface Lock {
  pid: number;
  hostname: string;
  timestamp: string;
}

/**
 * Removes locks of the local state whose process is gone: an engine killed with -9 leaves its lock, and every further
 * run would be refused. Locks of living processes and of other machines stay. Returns a sentence for each removed.
 */
export function breakDeadLocks(state: string, stack: string): string[] {
  const folder = path.join(state, ".pulumi", "locks");
  if (!fs.existsSync(folder)) return [];
  const files = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".json") && path.basename(path.dirname(file)) === stack)
    .flatMap((file) => {
      const whole = path.join(folder, file);
      const lock = readLock(whole);
      if (!lock || lock.hostname !== os.hostname() || isHeld(lock.pid)) return [];
      fs.rmSync(whole, { force: true });
      return [`Broke the lock of process ${lock.pid} (${lock.timestamp}), which is gone: an earlier run was killed.`];
    });
}

/**
 * Puts a stack's checkpoint back to the one before where a power cut left a broken file: the engine keeps one beside
 * it. Returns a sentence when it did.
 */
export function mendCheckpoint(state: string, stack: string): string[] {
  const file = path.join(state, ".pulumi", "stacks", "istio-lab", `${stack}.json`);
  if (!fs.existsSync(file) || isJson(file) || !isJson(`${file}.bak`)) return [];
  fs.copyFileSync(`${file}.bak`, file);
  return [`The state of stack ${stack} was broken by a killed run: put back to the one before.`];
}

function isJson(file: string): boolean {
  try {
    JSON.parse(fs.readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}

function readLock(file: string): Lock | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Lock;
  } catch {
    return undefined;
  }
}

/** Whether a Pulumi has this process id: it may have been given to another program since, which only /proc can tell. */
function isHeld(pid: number): boolean {
  if (fs.existsSync("/proc/self")) return identify(pid) !== undefined && path.basename(commandOf(pid)[0] ?? "") === "pulumi";
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
