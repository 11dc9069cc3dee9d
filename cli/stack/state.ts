import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { isThere, namesIn, readIfThere } from "../../base/files";
import { localName, PROJECT } from "../../base/names";
import { processAnswer } from "../../base/process-answer";
import { belongsTo, isContained } from "../../base/process-owner";
import { age, commandOf, everyNumber, identify, namespacePids } from "../../base/process-id";
import { UserError } from "../../base/errors";

/** Content of a lock file in a folder backend: the process that holds the stack. */
interface Lock {
  pid: number;
  hostname: string;
  timestamp: string;
}

/**
 * Removes locks in a folder backend whose process is gone. An engine killed with -9 leaves its lock, and Pulumi would
 * refuse every further run. Locks of living processes and of other machines stay. Returns a sentence for each removed
 * lock.
 */
export function breakDeadLocks(state: string, stack: string): string[] {
  return locksOf(state, stack).flatMap(({ file, lock }) => {
    if (isHeld(file, lock)) return [];
    fs.rmSync(file, { force: true });
    return [`Broke the lock of process ${lock.pid} (${lock.timestamp}), which has ended: an earlier run was killed.`];
  });
}

/**
 * The process that works on a stack of the local state, with its machine if that is another one. Undefined where
 * nobody holds the stack.
 */
export function holderOf(state: string, stack: string): string | undefined {
  const [held] = locksOf(state, stack).filter(({ file, lock }) => isHeld(file, lock));
  return held && `${held.lock.pid}${held.lock.hostname === os.hostname() ? "" : ` on ${held.lock.hostname}`}`;
}

function locksOf(state: string, stack: string): { file: string; lock: Lock }[] {
  // Only this project's locks: another project may keep a stack of the same name in the same state.
  const folder = path.join(state, ".pulumi", "locks", "organization", PROJECT, localName(stack));
  const files = namesIn(folder).filter((file) => file.endsWith(".json"));
  return files.flatMap((name) => {
    const file = path.join(folder, name);
    const lock = readLock(file);
    return lock ? [{ file, lock }] : [];
  });
}

/**
 * Restores a stack's previous checkpoint where a power cut left a broken file. The engine keeps the previous one
 * beside it. Returns a sentence if it restored one.
 */
export function repairCheckpoint(state: string, stack: string): string[] {
  const file = path.join(state, ".pulumi", "stacks", PROJECT, `${localName(stack)}.json`);
  if (!isThere(file) || isJson(file) || !isJson(`${file}.bak`)) return [];
  fs.copyFileSync(`${file}.bak`, file);
  return [`The state of stack ${stack} was broken by a killed run. It is restored to the one before.`];
}

function isJson(file: string): boolean {
  return parsed(file) !== undefined;
}

/**
 * Undefined for a lock that was released meanwhile, or whose writer was killed halfway. The latter stays, and the
 * engine reports it.
 */
function readLock(file: string): Lock | undefined {
  return parsed(file) as Lock | undefined;
}

/**
 * The content of a JSON file of the state; undefined where it is missing or broken.
 * @throws UserError where it cannot be read, because its content is then unknown
 */
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

/**
 * How many seconds after its lock a process may seem to have started: somebody may have set the clock forward a
 * little.
 */
const CLOCK_SLACK = 10;

/**
 * Whether the process that took a lock still runs. Its number may now belong to another program or another Pulumi, and
 * any user can name a program `pulumi`.
 * The holder belongs to the file's owner or to us, and started before the file was written. A lock of another machine
 * counts as held, because its process cannot be seen from here.
 */
function isHeld(file: string, { pid, hostname }: Lock): boolean {
  if (hostname !== os.hostname()) return true;
  const written = fs.statSync(file, { throwIfNoEntry: false });
  if (written === undefined) return false; // it was released meanwhile
  if (!fs.existsSync("/proc/self")) return mayHold(pid, written.uid);
  if (isHeldInside(pid, written)) return true;
  const found = identify(pid);
  if (found === undefined || path.basename(commandOf(pid)[0] ?? "") !== "pulumi" || isContained(pid)) return false;
  // A network folder of another machine may show an owner who does not exist here.
  const users = [process.geteuid!(), written.uid];
  return (
    users.some((uid) => belongsTo(uid, pid) !== false) &&
    Date.now() / 1000 - age(found) <= written.mtimeMs / 1000 + CLOCK_SLACK
  );
}

/**
 * Whether a pulumi in a container with this machine's host name holds the lock (`docker run --network host`). The lock
 * then has the process number inside the container.
 */
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

/** Whether the process has a host name of its own, as a pod has. Counts as no where the kernel denies the answer. */
function hasOwnName(pid: number): boolean {
  try {
    return fs.readlinkSync(`/proc/${pid}/ns/uts`) !== fs.readlinkSync("/proc/self/ns/uts");
  } catch {
    return false;
  }
}

/** For systems without /proc: whether the process exists and may belong to the file's owner. */
function mayHold(pid: number, owner: number): boolean {
  const answer = processAnswer(pid);
  return answer === "this user's" || (answer === "another user's" && owner !== process.geteuid?.());
}

/**
 * The files that the local state still has of a stack: current and previous checkpoint, tags, history, backups, locks.
 */
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

/** Deletes the files that `pulumi stack rm` leaves. Secrets of a deleted seat need not stay, not even encrypted. */
export function removeTraces(state: string, stack: string): void {
  for (const trace of tracesOf(state, stack)) fs.rmSync(trace, { recursive: true, force: true });
}
