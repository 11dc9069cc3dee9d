import * as fs from "node:fs";
import { ownProcesses, podProcesses } from "./processes";

/** Memory of a seat in bytes: proportional set size, in which a page shared by n processes counts 1/n for each. */
export interface SeatMemory {
  /** By process, as the host numbers it. */
  services: Map<number, number>;
  /** Everything that belongs to the node itself, the supervisor and the containers' shims included. */
  node: number;
  pods: number;
}

/** What the seat in `folder` uses now. */
export function seatMemory(folder: string): SeatMemory {
  const memory: SeatMemory = { services: new Map(), node: 0, pods: 0 };
  for (const { pid } of ownProcesses(folder)) {
    const size = proportionalSize(pid);
    memory.services.set(pid, size);
    memory.node += size;
  }
  for (const { pid } of podProcesses(folder)) memory.pods += proportionalSize(pid);
  return memory;
}

function proportionalSize(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0; // it has ended
  }
}
