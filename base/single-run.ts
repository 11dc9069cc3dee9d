/** Runs `work` once for all callers that come before it has ended. A later caller starts it anew. */
export function singleRun<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => (running ??= work().finally(() => (running = undefined)));
}
