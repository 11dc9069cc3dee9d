import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readIfThere } from "./files";

/** Memory in bytes: what there is at all, and what is free of it. */
export interface Memory {
  readonly total: number;
  readonly free: number;
}

/**
 * Memory that this process may use. The kernel tells a container of the whole machine (/proc/meminfo), and lets it have what its control group allows: the
 * smaller counts. `os.totalmem` and `os.freemem` know of the machine alone.
 */
export function memoryHere(): Memory {
  return limited({ total: os.totalmem(), free: os.freemem() });
}

/** The same of any machine. @param own what /proc/self/cgroup says @param mounted where the control groups are mounted */
export function limited(
  machine: Memory,
  own = readIfThere("/proc/self/cgroup") ?? "",
  mounted = "/sys/fs/cgroup",
): Memory {
  const groups = own.split("\n").flatMap((line) => foldersOf(line, mounted));
  const bounds = groups.map(boundOf).filter((bound) => bound !== undefined);
  return {
    total: Math.min(machine.total, ...bounds.map(({ total }) => total)),
    free: Math.max(0, Math.min(machine.free, ...bounds.map(({ free }) => free))),
  };
}

/**
 * The folders of a group that counts memory, and of all above it: each may have a limit. In a container the path may be the machine's, and the container's
 * own group is what is mounted.
 */
function foldersOf(line: string, mounted: string): string[] {
  const [, controllers, own] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
  if (own === undefined || !(controllers === "" || controllers!.split(",").includes("memory"))) return [];
  const root = controllers === "" ? mounted : path.join(mounted, "memory");
  const names = own.split("/").filter(Boolean);
  return Array.from({ length: names.length + 1 }, (_, up) => path.join(root, ...names.slice(0, names.length - up)));
}

/** A group's limit, of either version of control groups; undefined where it has none. What it holds only as a cache of files is free. */
function boundOf(folder: string): Memory | undefined {
  const total = numberIn(path.join(folder, "memory.max")) ?? numberIn(path.join(folder, "memory.limit_in_bytes"));
  if (total === undefined) return undefined;
  const used =
    numberIn(path.join(folder, "memory.current")) ?? numberIn(path.join(folder, "memory.usage_in_bytes")) ?? 0;
  const stat = text(path.join(folder, "memory.stat"));
  // Version 1 tells the group's own, and then with all below it.
  const cached = Number((/^total_inactive_file (\d+)$/m.exec(stat) ?? /^inactive_file (\d+)$/m.exec(stat))?.[1] ?? 0);
  return { total, free: total - Math.max(0, used - cached) };
}

/** `max` is no limit, and so is what version 1 writes for one, some exabytes: neither is smaller than a machine. */
function numberIn(file: string): number | undefined {
  const found = text(file).trim();
  return /^\d+$/.test(found) ? Number(found) : undefined;
}

function text(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return ""; // another version of control groups, or none
  }
}
