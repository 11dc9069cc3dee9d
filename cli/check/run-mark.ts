import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { hostname } from "node:os";
import { processAnswer } from "../../base/process-answer";
import { isOwn } from "../../base/process-owner";
import { age, bootId, commandOf, identify } from "../../base/process-id";

/** A run of `check`, as its mark on the cluster names it. */
export interface Run {
  readonly host: string;
  readonly pid: number;
  /**
   * When its process started, and in which boot of the machine, because another process may get its number later. Older
   * versions wrote neither.
   */
  readonly start?: string;
  readonly boot?: string;
  readonly isHere: boolean;
}

/** Matches the command line of a process that runs a command of this program. */
const RUNS = /(^|\/)(cli\/run\.mjs|cli\/main(\.[jt]s)?)$/;
/** No check takes longer than this, in milliseconds. */
const LONGEST = 3_600_000;

/** This run as `HOST PID START BOOT`; the last two only where the system tells them. */
export function thisRun(): string {
  return [hostname(), process.pid, startOf(process.pid), bootId()].filter((part) => part !== undefined).join(" ");
}

export function readRun(mark: string): Run {
  const [host = "", pid, start, boot] = mark.split(" ");
  return {
    host,
    pid: Number(pid),
    ...(start !== undefined && { start }),
    ...(boot !== undefined && { boot }),
    isHere: host === hostname(),
  };
}

/**
 * Whether a run may still be active. Another machine's run may be, since nobody can tell from here. A run of this
 * machine is active while its process exists. An older version's mark has only the process number. Then its process
 * must belong to this user, run this program, and have started before the namespace was created.
 * @param made when the marked namespace was created, in milliseconds
 */
export function mayRun({ isHere, pid, start, boot }: Run, made: number): boolean {
  if (!isHere) return true;
  if (start !== undefined) return (boot === undefined || boot === bootId()) && startOf(pid) === start;
  if (pid === process.pid) return false; // newer marks hold more fields
  if (!hasProc()) return processAnswer(pid) === "this user's" && Date.now() - made < LONGEST;
  const found = identify(pid);
  // One second of tolerance: the kernel counts in ticks, the cluster in seconds.
  return (
    found !== undefined &&
    isOwn(pid) &&
    commandOf(pid).some((word) => RUNS.test(word)) &&
    Date.now() - age(found) * 1000 < made + 1000
  );
}

/** When a process started, as a word; undefined where it does not exist. Without /proc, `ps` tells the second. */
export function startOf(pid: number, fromProc = hasProc()): string | undefined {
  if (fromProc) return identify(pid)?.start;
  try {
    const said = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    return said.trim().replace(/\s+/g, "_") || undefined;
  } catch {
    return undefined;
  }
}

function hasProc(): boolean {
  return fs.existsSync("/proc/self");
}
