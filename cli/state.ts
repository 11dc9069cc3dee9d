import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { isThere, namesIn, readIfThere } from "../base/files";
import { localName, PROJECT } from "../base/names";
import { commandOf, identify } from "../embedded/node/processes";
import { UserError } from "./errors";

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
  return locksOf(state, stack).flatMap(({ file, lock }) => {
    if (lock.hostname !== os.hostname() || isHeld(lock.pid)) return [];
    fs.rmSync(file, { force: true });
    return [`Broke the lock of process ${lock.pid} (${lock.timestamp}), which is gone: an earlier run was killed.`];
  });
}

/** The process that works on a stack of the local state, with its machine where it is another one; undefined while nobody does. */
export function holderOf(state: string, stack: string): string | undefined {
  const [held] = locksOf(state, stack).filter(({ lock }) => lock.hostname !== os.hostname() || isHeld(lock.pid));
  return held && `${held.lock.pid}${held.lock.hostname === os.hostname() ? "" : ` on ${held.lock.hostname}`}`;
}

function locksOf(state: string, stack: string): { file: string; lock: Lock }[] {
  // Those of this project alone: another one's stack of the same name may be kept in the same state.
  const folder = path.join(state, ".pulumi", "locks", "organization", PROJECT, localName(stack));
  const files = namesIn(folder).filter((file) => file.endsWith(".json"));
  return files.flatMap((name) => {
    const file = path.join(folder, name);
    const lock = readLock(file);
    return lock ? [{ file, lock }] : [];
  });
}

/**
 * Puts a stack's checkpoint back to the one before where a power cut left a broken file: the engine keeps one beside
 * it. Returns a sentence when it did.
 */
export function mendCheckpoint(state: string, stack: string): string[] {
  const file = path.join(state, ".pulumi", "stacks", PROJECT, `${localName(stack)}.json`);
  if (!isThere(file) || isJson(file) || !isJson(`${file}.bak`)) return [];
  fs.copyFileSync(`${file}.bak`, file);
  return [`The state of stack ${stack} was broken by a killed run: put back to the one before.`];
}

function isJson(file: string): boolean {
  return parsed(file) !== undefined;
}

/** Undefined for a lock that was given back meanwhile, and for one that was killed while it was written: it stays, and the engine says so. */
function readLock(file: string): Lock | undefined {
  return parsed(file) as Lock | undefined;
}

/** What a file of the state says; undefined where there is none, or it is broken. @throws UserError where it cannot be read: that says nothing of what is in it */
function parsed(file: string): unknown {
  let text: string | undefined;
  try {
    text = readIfThere(file);
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${(error as Error).message}. Nothing was changed. Make it readable, and run the same command again.`);
  }
  try {
    return JSON.parse(text ?? "");
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

/** What the local state still has of a stack: checkpoint and the one before, tags, history, backups, locks. */
export function tracesOf(state: string, named: string): string[] {
  const stack = localName(named);
  const root = path.join(state, ".pulumi");
  const inside = (folder: string) => namesIn(folder).map((name) => path.join(folder, name));
  const stacks = inside(path.join(root, "stacks", PROJECT)).filter((file) => [".json", ".json.bak", ".pulumi-tags", ".json.gz", ".json.gz.bak"].some((end) => path.basename(file) === stack + end));
  const folders = [["history", PROJECT], ["backups", PROJECT], ["locks", "organization", PROJECT]].map((part) => path.join(root, ...part, stack));
  return [...stacks, ...folders.filter(isThere)];
}

/** Takes away what `pulumi stack rm` leaves: the secrets of a seat that is gone need not stay, locked as they are. */
export function removeTraces(state: string, stack: string): void {
  for (const trace of tracesOf(state, stack)) fs.rmSync(trace, { recursive: true, force: true });
}
