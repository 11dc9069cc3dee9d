import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isOwn } from "../../../base/process-owner";
import {
  environmentOf,
  everyNumber,
  identify,
  isAlive,
  type ProcessId,
  SEAT_MARK,
  sessionOf,
} from "../../../base/process-id";
import { RUNNER_MARK, thisRunner } from "../../stack/orphans";
import { BOUNDS, type Bounds, InOrder } from "./in-order";

/**
 * The running engines that this process has started. Each leads a session of its own, and would outlive this process.
 */
const running = new Set<Leader>();

export function engineStarted(pid: number): () => void {
  const leader = leaderOf(pid);
  running.add(leader);
  return () => void running.delete(leader);
}

export function interruptEngines(): void {
  for (const leader of running) interruptLeader(leader);
}

/**
 * Kills all engines at once, with all that they have started. Open operations stay in the state, and locks stay
 * behind.
 */
export function endEngines(): void {
  for (const leader of running) killTree(leader);
}

/** Ends the engines in order when this process cannot continue, and waits for them. */
export async function endEnginesInOrder(
  why: string,
  say: (text: string) => void,
  bounds: Bounds = BOUNDS,
): Promise<void> {
  if (running.size === 0) return;
  const name = () => (running.size === 1 ? "pulumi" : `${running.size} engines of Pulumi`);
  const inOrder = new InOrder({ name, interrupt: interruptEngines, kill: endEngines }, say, bounds);
  inOrder.heed({ signal: "SIGTERM", heard: why, times: 1 });
  for (const late = Date.now() + bounds.inOrder + bounds.atOnce + 1000; running.size > 0 && Date.now() < late;)
    await sleep(50);
  inOrder.end();
}

/**
 * A program that this process has started as leader of a session of its own. Its environment carries this process's
 * mark.
 */
export interface Leader extends ProcessId {
  /** The process's start time; empty on systems without /proc. */
  readonly start: string;
}

export function leaderOf(pid: number): Leader {
  return { pid, start: fs.existsSync("/proc/self") ? (identify(pid)?.start ?? "") : "" };
}

/** Interrupts only the leader. Pulumi expects that, and tells its plugins itself. */
export function interruptLeader(leader: Leader): void {
  if (isStill(leader)) signal(leader.pid, "SIGINT");
}

/**
 * Kills the leader and the processes that it has started. Its process group is not enough, because the engine's
 * plugins lead groups of their own.
 * It kills the processes with the leader's session and this process's mark. A process that left the session, such as a
 * seat or a virtual machine, keeps running.
 */
export function killTree(leader: Leader): void {
  if (!fs.existsSync("/proc/self")) return signal(-leader.pid, "SIGKILL");
  // A process may start another one during the search.
  for (let round = 0; round < 3; round += 1) {
    const found = membersOf(leader);
    if (found.length === 0) return;
    for (const id of found) if (isAlive(id)) signal(id.pid, "SIGKILL");
  }
}

/** This user's processes in the leader's session that carry this process's mark. */
function membersOf({ pid: session }: Leader): ProcessId[] {
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
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // ESRCH: it has ended meanwhile
  }
}
