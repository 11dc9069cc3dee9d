/** The engines that this process has started and that still run, by process number. Each leads a process group of its own. */
const running = new Set<number>();

export function engineStarted(pid: number): () => void {
  running.add(pid);
  return () => void running.delete(pid);
}

/** Ends all of them at once, with what they have started: operations stay open in the state, and locks behind. */
export function endEngines(): void {
  for (const pid of running) {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // ended meanwhile
    }
  }
}
