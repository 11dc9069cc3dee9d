import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { SeatError } from "./seat-error";
import { lockFolders, requireOwnFolders } from "./lock-folder";
import { holderIn, noteHolder } from "./lock-holder";

/** Settings for tests. */
export interface LockOptions {
  /** The longest wait, in milliseconds. @default 5 minutes */
  timeout?: number;
  /** @default lockFolders() */
  folders?: readonly string[];
  /** The flock program. @default flock */
  flock?: string;
}

/**
 * How many seconds flock waits before the holder is read again. The first wait is short: the holder may not have
 * written its name yet.
 */
const [FIRST_WAIT, WAIT] = [0.1, 2];

/**
 * Runs `work` while no other process of this user holds the lock `name`, from any checkout.
 *
 * The lock is the kernel's, on an open file (flock(2)). It ends with its process, so no stale lock has to be broken.
 * Node cannot lock a file, so util-linux's `flock` locks the file description that it shares with us. The lock stays
 * ours after `flock` ends. Node opens files with O_CLOEXEC, so no child keeps the lock. Only this user can reach the
 * file. A socket without a file would belong to whoever binds it first.
 *
 * @param onWait is called once with the lock's holder when there is a wait.
 * @throws SeatError when the lock is still held after `timeout`.
 */
export async function withLock<T>(
  name: string,
  onWait: (holder: string) => void,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const { timeout = 300_000, folders = lockFolders(), flock = "flock" } = options;
  const deadline = Date.now() + timeout;
  const file = path.join(requireOwnFolders(folders), name.replace(/[^\w.-]/g, "-"));
  let told = false;
  for (let seconds = 0; ; seconds = Math.max(0, Math.min(told ? WAIT : FIRST_WAIT, (deadline - Date.now()) / 1000))) {
    const taken = await take(file, flock, seconds);
    if (typeof taken === "number") return release(file, taken, work);
    if (taken.isGone) continue;
    if (taken.holder !== undefined && !told) onWait(taken.holder);
    told ||= taken.holder !== undefined;
    if (Date.now() >= deadline)
      throw new SeatError(`${taken.holder ?? "Another process"} has been holding "${name}" for too long.`);
  }
}

/**
 * Returns the locked file's descriptor. Otherwise returns who holds the lock, or that its holder has just removed the
 * file.
 */
async function take(
  file: string,
  flock: string,
  seconds: number,
): Promise<number | { holder?: string; isGone?: boolean }> {
  const descriptor = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_NOFOLLOW, 0o600);
  let isOurs = false;
  try {
    if (!(await lock(descriptor, flock, seconds))) return { holder: holderIn(descriptor) };
    if (!leadsTo(file, descriptor)) return { isGone: true };
    noteHolder(descriptor);
    isOurs = true;
    return descriptor;
  } finally {
    if (!isOurs) fs.closeSync(descriptor);
  }
}

/**
 * Removes the file before it releases the lock. A process that opened the file meanwhile notices that it is gone, and
 * starts again with a new file.
 */
async function release<T>(file: string, descriptor: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    if (leadsTo(file, descriptor)) fs.rmSync(file);
    fs.closeSync(descriptor);
  }
}

/** Whether the path still leads to the open file. */
function leadsTo(file: string, descriptor: number): boolean {
  const [there, open] = [
    fs.lstatSync(file, { bigint: true, throwIfNoEntry: false }),
    fs.fstatSync(descriptor, { bigint: true }),
  ];
  return there !== undefined && there.dev === open.dev && there.ino === open.ino;
}

/** Whether we hold the lock now. flock(1) exits with 1 and prints nothing when another process holds it. */
function lock(descriptor: number, flock: string, seconds: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let said = "";
    const child = spawn(flock, [...(seconds > 0 ? ["-w", seconds.toFixed(2)] : ["-n"]), "3"], {
      stdio: ["ignore", "ignore", "pipe", descriptor],
    });
    child.stderr!.setEncoding("utf8").on("data", (part: string) => (said += part));
    child.once("error", (error: NodeJS.ErrnoException) => {
      const why =
        error.code === "ENOENT"
          ? "it is not installed. Install the package util-linux"
          : `${error.message}. Check the package util-linux`;
      reject(
        new SeatError(
          `The program flock, which keeps two commands from changing the same thing at once, cannot be started: ${why}, and run the same command again. Nothing has been done.`,
        ),
      );
    });
    child.once("close", (code, signal) => {
      if (code === 0) return resolve(true);
      // Ctrl-C also reaches flock. This process decides what it means.
      if (signal !== null || (code === 1 && said.trim() === "")) return resolve(false);
      reject(new SeatError(`flock could not lock: ${said.trim() || `it ended with ${code}`}. Nothing has been done.`));
    });
  });
}
