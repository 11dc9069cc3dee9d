import * as fs from "node:fs";
import { isOwn } from "../../../base/process-owner";
import {
  environmentOf,
  everyNumber,
  identify,
  isAlive,
  SEAT_MARK,
  sessionOf,
  type ProcessId,
} from "../../../embedded/node/processes";
import { RUNNER_MARK, thisRunner } from "../../stack/orphans";

/** A program that this process has started as the leader of a session of its own, with this process's mark in its environment. */
export interface Leader extends ProcessId {
  /** Undefined where there is no /proc to tell it. */
  readonly start: string;
}

export function leaderOf(pid: number): Leader {
  return { pid, start: fs.existsSync("/proc/self") ? (identify(pid)?.start ?? "") : "" };
}

/** Interrupts the leader alone, as Pulumi wants it: it tells its plugins itself. */
export function interruptLeader(leader: Leader): void {
  if (isStill(leader)) signal(leader.pid, "SIGINT");
}

/**
 * Ends the leader and what it has started by force. The engine's plugins lead process groups of their own, so a group is not enough: what goes has the leader's
 * session and this process's mark. What has left the session, such as a seat or a virtual machine, goes on.
 */
export function killTree(leader: Leader): void {
  if (!fs.existsSync("/proc/self")) return signal(-leader.pid, "SIGKILL");
  // A process may start another one while it is looked for.
  for (let round = 0; round < 3; round += 1) {
    const found = membersOf(leader);
    if (found.length === 0) return;
    for (const id of found) if (isAlive(id)) signal(id.pid, "SIGKILL");
  }
}

/** What of this user lives in the leader's session and has this process's mark. */
export function membersOf({ pid: session }: Leader): ProcessId[] {
  const mark = `${RUNNER_MARK}=${thisRunner()}`;
  return everyNumber().flatMap((pid) => {
    if (sessionOf(pid) !== session) return [];
    const found = identify(pid);
    const variables = found === undefined ? [] : environmentOf(found.pid);
    return variables.includes(mark) &&
      !variables.some((variable) => variable.startsWith(`${SEAT_MARK}=`)) &&
      isOwn(found!.pid)
      ? [found!]
      : [];
  });
}

function isStill(leader: Leader): boolean {
  return leader.start === "" ? !fs.existsSync("/proc/self") : isAlive(leader) && isOwn(leader.pid);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // else it has ended meanwhile
  }
}
