import * as fs from "node:fs";
import { commandOf, everyNumber, identify, readOf } from "../base/process-id";

/** What a process has used so far. */
export interface Used {
  readonly command: readonly string[];
  /** Seconds of CPU in user mode, and in user mode and the kernel together. */
  readonly user: number;
  readonly cpu: number;
  /** The most memory that it has had at once, in MB. */
  readonly peak: number;
}

/** How often the known processes are read, and how often new ones are looked for, in milliseconds. */
const [READ_MS, FIND_MS] = [20, 200];
/** USER_HZ, the unit of the times in /proc/PID/stat, is 100 on every platform that the bench runs on. */
const TICKS = 100;
const MB = 2 ** 20;

/**
 * Watches a process and all that it starts, until `end`. The kernel shows what a process has used only while it runs,
 * so the last 20 ms of a process are not seen.
 */
export class Watch {
  private readonly used = new Map<number, Used>();
  private readonly timers: NodeJS.Timeout[];
  private members: number[];

  constructor(private readonly root: number) {
    this.members = [root];
    this.timers = [setInterval(() => this.find(), FIND_MS), setInterval(() => this.read(), READ_MS)];
  }

  end(): Used[] {
    this.timers.forEach(clearInterval);
    return [...this.used.values()];
  }

  private find(): void {
    this.members = descendants(this.root);
  }

  private read(): void {
    for (const pid of this.members) {
      const used = usedBy(pid);
      if (used !== undefined) this.used.set(pid, used);
    }
  }
}

/** Returns the process, and all that descend from it. */
export function descendants(root: number, parents = parentsNow()): number[] {
  const children = new Map<number, number[]>();
  for (const [pid, parent] of parents) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const found = [root];
  for (let next = 0; next < found.length; next += 1) found.push(...(children.get(found[next]!) ?? []));
  return found;
}

function parentsNow(): Map<number, number> {
  return new Map(
    everyNumber().flatMap((pid): [number, number][] => {
      const parent = identify(pid)?.parent;
      return parent === undefined ? [] : [[pid, parent]];
    }),
  );
}

function usedBy(pid: number): Used | undefined {
  const [stat, status] = [readOf(`/proc/${pid}/stat`), readOf(`/proc/${pid}/status`)];
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status ?? "")?.[1];
  if (!stat || peak === undefined) return undefined;
  const [user, system] = cpuIn(stat);
  return { command: commandOf(pid), user, cpu: user + system, peak: (Number(peak) * 1024) / MB };
}

/** Returns the seconds of CPU in user mode and in the kernel, from the text of /proc/PID/stat (proc(5)). */
export function cpuIn(stat: string): [user: number, system: number] {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return [Number(fields[11]) / TICKS, Number(fields[12]) / TICKS];
}

/** Returns a process's proportional set size in MB: a page that n processes share counts 1/n for each. */
export function proportionalSize(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readOf(`/proc/${pid}/smaps_rollup`) ?? "")?.[1] ?? 0;
  return (Number(kilobytes) * 1024) / MB;
}

/** Whether a process is outside of every seat: a seat's own processes have a process namespace of their own. */
export function isOutsideSeats(pid: number): boolean {
  try {
    return fs.readlinkSync(`/proc/${pid}/ns/pid`) === fs.readlinkSync("/proc/self/ns/pid");
  } catch {
    return false; // it has just ended
  }
}
