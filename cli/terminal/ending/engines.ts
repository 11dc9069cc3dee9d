import { setTimeout as sleep } from "node:timers/promises";
import { BOUNDS, InOrder, type Bounds } from "./in-order";
import { interruptLeader, killTree, leaderOf, type Leader } from "./tree";

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
