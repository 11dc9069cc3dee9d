import type { Stretch } from "../../cli/test-run/times";

/** The waiting times of the file in this worker. The hook in seat-waits-setup.ts sets the list. */
let waits: Stretch[] = [];

/** Records waiting times in this list from now on. */
export function noteWaitsIn(list: Stretch[]): void {
  waits = list;
}

/** Counts the time of `work` as waiting for a seat, even when it fails. */
export async function waitingForSeat<T>(work: () => Promise<T>): Promise<T> {
  const from = Date.now();
  try {
    return await work();
  } finally {
    waits.push({ from, to: Date.now() });
  }
}
