import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readIfThere } from "./files";

/** Memory in bytes: the total, and how much of it is free. */
export interface Memory {
  readonly total: number;
  readonly free: number;
}

/**
 * Returns the memory that this process may use. In a container, /proc/meminfo describes the whole machine, and so do
 * `os.totalmem` and `os.freemem`. The control group may allow less; the smaller value counts.
 */
export function memoryHere(): Memory {
  return limited({ total: os.totalmem(), free: os.freemem() });
}

/**
 * Applies the limits of the control groups to a machine's memory. @param own the text of /proc/self/cgroup @param
 * mounted where the control groups are mounted
 */
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
 * Returns the folders of a memory control group and of all its parents, since each may have a limit. In a container
 * the path may be the machine's, while the mount shows the container's own group.
 */
function foldersOf(line: string, mounted: string): string[] {
  const [, controllers, own] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
  if (own === undefined || !(controllers === "" || controllers!.split(",").includes("memory"))) return [];
  const root = controllers === "" ? mounted : path.join(mounted, "memory");
  const names = own.split("/").filter(Boolean);
  return Array.from({ length: names.length + 1 }, (_, up) => path.join(root, ...names.slice(0, names.length - up)));
}

/**
 * Returns a group's limit, for both versions of control groups; undefined where it has none. Memory that only caches
 * files counts as free.
 */
function boundOf(folder: string): Memory | undefined {
  const total = numberIn(path.join(folder, "memory.max")) ?? numberIn(path.join(folder, "memory.limit_in_bytes"));
  if (total === undefined) return undefined;
  const used =
    numberIn(path.join(folder, "memory.current")) ?? numberIn(path.join(folder, "memory.usage_in_bytes")) ?? 0;
  const stat = text(path.join(folder, "memory.stat"));
  // Version 1 lists the group's own value first, and then the total that includes its children.
  const cached = Number((/^total_inactive_file (\d+)$/m.exec(stat) ?? /^inactive_file (\d+)$/m.exec(stat))?.[1] ?? 0);
  return { total, free: total - Math.max(0, used - cached) };
}

/** `max` means no limit. Version 1 writes some exabytes instead, which is larger than any machine. */
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
