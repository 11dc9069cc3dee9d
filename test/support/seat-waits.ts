import type { Stretch } from "../../cli/test-run/times";

/** What the file that runs in this worker has waited for. Set by the hook of seat-waits-setup.ts. */
let waits: Stretch[] = [];

/** Notes from now on into this list. */
export function noteWaitsIn(list: Stretch[]): void {
  waits = list;
}

/** Counts the time of `work` as waiting for a seat, also when it fails. */
export async function waitingForSeat<T>(work: () => Promise<T>): Promise<T> {
  const from = Date.now();
  try {
    return await work();
  } finally {
    waits.push({ from, to: Date.now() });
  }
}
