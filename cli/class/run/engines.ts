import type { ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import { isOwn } from "../../../embedded/node/owner";
import { environmentOf, groupOf, identify, isAlive } from "../../../embedded/node/process-id";
import { RUNNER_MARK, thisRunner } from "../../orphans";

/** What of an engine tells whether its number is still its own: until Node has taken note of its end, the kernel gives the number to nobody else. */
export type Engine = Pick<ChildProcess, "pid" | "exitCode" | "signalCode">;

/** The engines that this process has started and that still run. Each leads a process group of its own. */
const running = new Set<Engine>();

export function engineStarted(engine: Engine): () => void {
  running.add(engine);
  return () => void running.delete(engine);
}

/** Ends all of them at once, with what they have started: operations stay open in the state, and locks behind. */
export function endEngines(): void {
  for (const engine of running) end(engine);
}

function end({ pid, exitCode, signalCode }: Engine): void {
  if (pid === undefined) return;
  if (exitCode === null && signalCode === null) return kill(-pid);
  // The engine has ended, and its number may be another's. What it has started is found by its group, and by the variable that this run has given it.
  for (const id of membersOf(pid)) if (isAlive(id) && isOwn(id.pid)) kill(id.pid);
}

function membersOf(group: number) {
  if (!fs.existsSync("/proc/self")) return [];
  const numbers = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
  return numbers.filter((pid) => groupOf(pid) === group && environmentOf(pid).includes(`${RUNNER_MARK}=${thisRunner()}`)).flatMap((pid) => identify(pid) ?? []);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // ended meanwhile
  }
}
