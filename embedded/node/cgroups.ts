import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isThere } from "../../base/files";
import { SeatError } from "../../base/seat-error";
import { deniedDevices } from "./confinement";
import { cgroupName } from "./layout";

/**
 * The controllers of version 1, see cgroups(7). Other mount options belong to the machine, such as the release agent.
 */
const CONTROLLERS = new Set([
  "blkio",
  "cpu",
  "cpuacct",
  "cpuset",
  "debug",
  "devices",
  "freezer",
  "hugetlb",
  "memory",
  "misc",
  "net_cls",
  "net_prio",
  "perf_event",
  "pids",
  "rdma",
]);

/** Where the kernel shows the cgroup hierarchies: one in version 2, one folder per controller in version 1. */
const ROOT = "/sys/fs/cgroup";

/** The folder of the seat's own processes below its cgroup. */
const OWN = "node";

/** How a seat's first process sets up its cgroups. */
export interface SeatCgroups {
  /**
   * `cgroup.procs` files that it writes its PID into before it gets a cgroup namespace. Their folders become the
   * roots of every hierarchy that the seat sees.
   */
  roots: string[];
  /** The groups it joins afterwards: in version 2, a group that has processes cannot pass its controllers on. */
  own: string[];
  /** Groups of version 2 that pass their controllers on once they have no processes. */
  parents: string[];
  /** The mounts inside the seat that show its part of each hierarchy. */
  mounts: CgroupMount[];
}

/** One hierarchy, in the form that mount(8) takes. */
export interface CgroupMount {
  /** The path below /sys/fs/cgroup. Empty if version 2 is the only hierarchy. */
  at: string;
  type: "cgroup" | "cgroup2";
  /** The controllers of version 1, or the hierarchy's name. */
  options?: string;
}

/**
 * The parts of a seat's cgroup: `node` for the node's own processes, and `kubepods`, which the kubelet makes for the
 * pods.
 */
export type Part = typeof OWN | "kubepods";

/** The root folders of the hierarchies on this machine that can hold pods. */
export function hierarchies(root = ROOT): string[] {
  if (!isThere(root)) return [];
  if (isVersion2(root)) return [root];
  return fs
    .readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isThere(path.join(root, entry.name, "cgroup.procs"))) // links are aliases: cpu → cpu,cpuacct
    .map((entry) => path.join(root, entry.name));
}

/** Makes the seat's cgroup in each hierarchy. */
export function makeCgroups(folder: string): SeatCgroups {
  const roots = hierarchies();
  if (roots.length === 0) throw new SeatError(`${ROOT} has no control groups. A seat needs them mounted there.`);
  const all: SeatCgroups = {
    roots: [],
    own: [],
    parents: [],
    mounts: cgroupMounts(fs.readFileSync("/proc/self/mounts", "utf8")),
  };
  for (const root of roots) {
    const seat = path.join(root, cgroupName(folder));
    const own = path.join(seat, OWN);
    try {
      if (isVersion2(root)) enableControllers(root);
      for (const group of [seat, own]) {
        fs.mkdirSync(group, { recursive: true });
        inherit(group);
      }
      if (isThere(path.join(seat, "devices.deny"))) denyDevices(seat);
    } catch (error) {
      const reason = (error as Error).message;
      throw new SeatError(
        `The control group ${own} could not be made: ${reason}. A seat needs a machine (or container) that lets root make cgroups.`,
      );
    }
    // Root can loosen the group in which its namespace begins. So the group that limits the devices is its parent,
    // which the seat does not see.
    all.roots.push(path.join(isThere(path.join(seat, "devices.deny")) ? own : seat, "cgroup.procs"));
    all.own.push(path.join(own, "cgroup.procs"));
    if (isVersion2(root)) all.parents.push(seat);
  }
  return all;
}

/** The mounts that show the machine's hierarchies in a seat, read from the kernel's mount table. */
export function cgroupMounts(table: string): CgroupMount[] {
  return table.split("\n").flatMap((line): CgroupMount[] => {
    const [, point = "", type = "", options = ""] = line.split(" ");
    if ((type !== "cgroup" && type !== "cgroup2") || (point !== ROOT && path.dirname(point) !== ROOT)) return [];
    const at = path.relative(ROOT, point);
    if (type === "cgroup2") return [{ at, type }];
    return [
      {
        at,
        type,
        options: options
          .split(",")
          .filter((option) => CONTROLLERS.has(option) || option.startsWith("name="))
          .join(","),
      },
    ];
  });
}

/**
 * Removes the seat's cgroups and those of its pods. Its processes must have ended.
 *
 * @param names for a seat that ran, the result of groupsOf() while it ran. @default the name for its folder
 */
export async function removeCgroups(folder: string, names: readonly string[] = [cgroupName(folder)]): Promise<void> {
  for (const root of hierarchies()) {
    for (const name of names) {
      giveBackMemory(path.join(root, name));
      await removeGroup(path.join(root, name));
    }
  }
}

/**
 * Drops the cached file pages that count as the memory of the seat and its pods. The kernel keeps a removed group as
 * long as it has such pages, and many such groups slow the machine: with a thousand, a seat came up in 66 s instead
 * of 42 s. See memory.force_empty (version 1) and memory.reclaim (version 2).
 */
function giveBackMemory(group: string): void {
  try {
    if (isVersion2(group))
      fs.writeFileSync(path.join(group, "memory.reclaim"), fs.readFileSync(path.join(group, "memory.current")));
    else fs.writeFileSync(path.join(group, "memory.force_empty"), "0");
  } catch {
    // Other hierarchies have no such file, and some pages may be in use. Nothing depends on the call: the kernel
    // drops the pages when it needs memory.
  }
}

/** The seat's cgroups that exist. */
export function leftCgroups(folder: string): string[] {
  return hierarchies()
    .map((root) => path.join(root, cgroupName(folder)))
    .filter(isThere);
}

/** The names of all seats' cgroups on this machine. */
export function seatGroups(root = ROOT): string[] {
  const told = decisive(root);
  return told === undefined ? [] : fs.readdirSync(told).filter((name) => /^istio-lab-[0-9a-f]{10}$/.test(name));
}

/**
 * The processes in the part of a seat's cgroup, by the host's PIDs. Only root can put a process there, and children
 * stay in their parent's group. This reads the group's own list. /proc/PID/cgroup shows the path from another root if
 * this is a container.
 */
export function membersOf(name: string, part: Part, root = ROOT): number[] {
  const told = decisive(root);
  return told === undefined ? [] : processesBelow(path.join(told, name, part));
}

/**
 * The hierarchy that decides which seat a process belongs to. Every process of a seat is in each hierarchy. The
 * kubelet requires the memory hierarchy, so that one always exists.
 */
function decisive(root: string): string | undefined {
  if (isVersion2(root)) return root;
  const memory = path.join(root, "memory");
  if (isThere(path.join(memory, "cgroup.procs"))) return memory;
  const all = hierarchies(root);
  // runc leaves a pod in its shim's group in a version 2 hierarchy without controllers. systemd mounts one beside
  // version 1.
  return all.find((name) => !isVersion2(name)) ?? all[0];
}

function processesBelow(group: string): number[] {
  try {
    const own = fs.readFileSync(path.join(group, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
    return [...own, ...children(group).flatMap(processesBelow)];
  } catch (error) {
    // A pod's group may go while its parent is read. Then the file is missing (ENOENT), or an open file is gone
    // (ENODEV).
    if (["ENOENT", "ENODEV"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}

async function removeGroup(group: string): Promise<void> {
  if (!isThere(group)) return;
  for (const child of children(group)) await removeGroup(child);
  // A process leaves its group a moment after it has ended for all other observers.
  for (let tries = 0; ; tries++) {
    try {
      return fs.rmdirSync(group);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return;
      if (code !== "EBUSY" || tries === 100)
        throw new SeatError(`The control group ${group} stays: ${(error as Error).message}.`);
      await sleep(20);
    }
  }
}

function children(group: string): string[] {
  return fs
    .readdirSync(group, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(group, entry.name));
}

function isVersion2(group: string): boolean {
  return isThere(path.join(group, "cgroup.controllers"));
}

/**
 * Keeps processes of the seat from opening this machine's disks and hardware, even through device nodes that they
 * make themselves. Only version 1 has this group.
 */
function denyDevices(group: string): void {
  for (const rule of deniedDevices(fs.readFileSync("/proc/devices", "utf8"), fs.readFileSync("/proc/misc", "utf8"))) {
    fs.writeFileSync(path.join(group, "devices.deny"), rule);
  }
}

/** In version 2, children get only the controllers that their parent passes on. */
function enableControllers(group: string): void {
  const available = fs.readFileSync(path.join(group, "cgroup.controllers"), "utf8").trim().split(/\s+/).filter(Boolean);
  for (const controller of available) fs.writeFileSync(path.join(group, "cgroup.subtree_control"), `+${controller}`);
}

/** The cpuset controller of version 1 accepts no process until its processors and memory nodes are set. */
function inherit(group: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    const own = path.join(group, file);
    if (isVersion2(group) || !isThere(own) || fs.readFileSync(own, "utf8").trim()) continue;
    fs.writeFileSync(own, fs.readFileSync(path.join(path.dirname(group), file)));
  }
}
