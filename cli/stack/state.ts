import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { isThere, namesIn, readIfThere } from "../../base/files";
import { localName, PROJECT } from "../../base/names";
import { processAnswer } from "../../base/process-answer";
import { belongsTo, isContained } from "../../base/process-owner";
import { age, commandOf, everyNumber, identify, namespacePids } from "../../base/process-id";
import { UserError } from "../../base/errors";

/** A lock file of Pulumi's backend in a folder: who holds the stack. */
interface Lock {
  pid: number;
  hostname: string;
  timestamp: string;
}

/**
 * Removes locks in a folder of Pulumi's whose process is gone: an engine killed with -9 leaves its lock, and every further
 * run would be refused. Locks of living processes and of other machines stay. Returns a sentence for each removed.
 */
export function breakDeadLocks(state: string, stack: string): string[] {
  return locksOf(state, stack).flatMap(({ file, lock }) => {
    if (isHeld(file, lock)) return [];
    fs.rmSync(file, { force: true });
    return [`Broke the lock of process ${lock.pid} (${lock.timestamp}), which is gone: an earlier run was killed.`];
  });
}

/** The process that works on a stack of the local state, with its machine where it is another one; undefined while nobody does. */
export function holderOf(state: string, stack: string): string | undefined {
  const [held] = locksOf(state, stack).filter(({ file, lock }) => isHeld(file, lock));
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
    throw new UserError(
      `${file} cannot be read: ${(error as Error).message}. Nothing was changed. Make it readable, and run the same command again.`,
    );
  }
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

/** How much later than its lock a process may seem to have begun, in seconds: a clock may have been put forward a little meanwhile. */
const CLOCK_SLACK = 10;

/**
 * Whether the process that took a lock still runs. Its number may have been given to another program since, or to another Pulumi, and any user can call a
 * program `pulumi`. The one that took the lock is of the user who owns the file, or of ours, and began before the file was written. Of another machine nobody knows here.
 */
function isHeld(file: string, { pid, hostname }: Lock): boolean {
  if (hostname !== os.hostname()) return true;
  const written = fs.statSync(file, { throwIfNoEntry: false });
  if (written === undefined) return false; // it was given back meanwhile
  if (!fs.existsSync("/proc/self")) return mayHold(pid, written.uid);
  if (isHeldInside(pid, written)) return true;
  const found = identify(pid);
  if (found === undefined || path.basename(commandOf(pid)[0] ?? "") !== "pulumi" || isContained(pid)) return false;
  // A folder of another machine may show an owner who is nobody here.
  const users = [process.geteuid!(), written.uid];
  return (
    users.some((uid) => belongsTo(uid, pid) !== false) &&
    Date.now() / 1000 - age(found) <= written.mtimeMs / 1000 + CLOCK_SLACK
  );
}

/** Whether a pulumi in a container holds it that has this machine's name (`docker run --network host`): the lock has the number of its process there. */
function isHeldInside(pid: number, written: fs.Stats): boolean {
  return everyNumber().some((number) => {
    if (
      path.basename(commandOf(number)[0] ?? "") !== "pulumi" ||
      !namespacePids(number).slice(namespacePids("self").length).includes(String(pid))
    )
      return false;
    const found = identify(number);
    return (
      found !== undefined &&
      !hasOwnName(number) &&
      Date.now() / 1000 - age(found) <= written.mtimeMs / 1000 + CLOCK_SLACK
    );
  });
}

/** Whether it has a host name of its own, as a pod has. What the kernel keeps to itself counts as no. */
function hasOwnName(pid: number): boolean {
  try {
    return fs.readlinkSync(`/proc/${pid}/ns/uts`) !== fs.readlinkSync("/proc/self/ns/uts");
  } catch {
    return false;
  }
}

/** Where there is no /proc: whether there is such a process, and it may be the file's owner's. */
function mayHold(pid: number, owner: number): boolean {
  const answer = processAnswer(pid);
  return answer === "this user's" || (answer === "another user's" && owner !== process.geteuid?.());
}

/** What the local state still has of a stack: checkpoint and the one before, tags, history, backups, locks. */
export function tracesOf(state: string, named: string): string[] {
  const stack = localName(named);
  const root = path.join(state, ".pulumi");
  const inside = (folder: string) => namesIn(folder).map((name) => path.join(folder, name));
  const stacks = inside(path.join(root, "stacks", PROJECT)).filter((file) =>
    [".json", ".json.bak", ".pulumi-tags", ".json.gz", ".json.gz.bak"].some(
      (end) => path.basename(file) === stack + end,
    ),
  );
  const folders = [
    ["history", PROJECT],
    ["backups", PROJECT],
    ["locks", "organization", PROJECT],
  ].map((part) => path.join(root, ...part, stack));
  return [...stacks, ...folders.filter(isThere)];
}

/** Takes away what `pulumi stack rm` leaves: the secrets of a seat that is gone need not stay, locked as they are. */
export function removeTraces(state: string, stack: string): void {
  for (const trace of tracesOf(state, stack)) fs.rmSync(trace, { recursive: true, force: true });
}
