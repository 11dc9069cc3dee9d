import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isThere } from "../../base/files";
import { SeatError } from "../../base/seat-error";
import { deniedDevices } from "./confinement";
import { cgroupName } from "./layout";

/** Version 1's controllers, see cgroups(7). Its other options are the machine's own, such as the agent that a release calls. */
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

/** Where the kernel shows the cgroup hierarchies: one (version 2), or one folder per controller (version 1). */
const ROOT = "/sys/fs/cgroup";

/** The folder of the seat's own processes below its cgroup. */
const OWN = "node";

/** What a seat's first process does with its cgroups. */
export interface SeatCgroups {
  /** `cgroup.procs` files that it writes its number into before it gets a cgroup namespace: their folders become the roots of all that the seat sees. */
  roots: string[];
  /** Those it joins then: version 2 lets no group with processes pass its controllers on. */
  own: string[];
  /** Groups of version 2 that pass their controllers on once they are empty. */
  parents: string[];
  /** What it mounts, inside the seat, to see its part of each hierarchy. */
  mounts: CgroupMount[];
}

/** One hierarchy, as mount(8) wants it. */
export interface CgroupMount {
  /** Where, below /sys/fs/cgroup: empty where version 2 is the only one. */
  at: string;
  type: "cgroup" | "cgroup2";
  /** Version 1's controllers, or its name. */
  options?: string;
}

/** The parts of a seat's cgroup: the node's own processes, and the pods', for which the kubelet makes `kubepods`. */
export type Part = typeof OWN | "kubepods";

/** The root folders of this machine's hierarchies that pods are put into. */
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
  if (roots.length === 0)
    throw new SeatError(`There are no control groups below ${ROOT}. A seat needs them mounted there.`);
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
    // Root may loosen the group that its namespace begins with. So the one that limits the devices is above that, out of the seat's sight.
    all.roots.push(path.join(isThere(path.join(seat, "devices.deny")) ? own : seat, "cgroup.procs"));
    all.own.push(path.join(own, "cgroup.procs"));
    if (isVersion2(root)) all.parents.push(seat);
  }
  return all;
}

/** What a seat mounts to have the machine's hierarchies, by the kernel's table of mounts. */
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
 * Removes the seat's cgroups, with those of its pods. Its processes must have ended.
 *
 * @param names of a seat that ran, as groupsOf() gave them meanwhile. @default its folder's
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
 * Drops the cached pages of files that count as the memory of the seat and its pods. The kernel keeps a removed group as long as it has such pages, and many
 * of them slow the machine: with a thousand, a seat came up in 66 s instead of 42 s. See memory.force_empty (version 1) and memory.reclaim (version 2).
 */
function giveBackMemory(group: string): void {
  try {
    if (isVersion2(group))
      fs.writeFileSync(path.join(group, "memory.reclaim"), fs.readFileSync(path.join(group, "memory.current")));
    else fs.writeFileSync(path.join(group, "memory.force_empty"), "0");
  } catch {
    // Another hierarchy has no such file, and some pages may be in use. Nothing depends on it: the kernel drops them when it needs memory.
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
 * The processes in a seat's cgroup of that name, as the host numbers them. Only root can put a process there, and children stay where their parent is. The
 * group's own list is read, and not /proc/PID/cgroup: that shows the path from another root when this is a container.
 */
export function membersOf(name: string, part: Part, root = ROOT): number[] {
  const told = decisive(root);
  return told === undefined ? [] : processesBelow(path.join(told, name, part));
}

/** The hierarchy that says which seat a process is of. Every process of a seat is in each; the kubelet wants this one, so it is always there. */
function decisive(root: string): string | undefined {
  if (isVersion2(root)) return root;
  const memory = path.join(root, "memory");
  if (isThere(path.join(memory, "cgroup.procs"))) return memory;
  const all = hierarchies(root);
  // runc leaves a pod in the group of its shim in a version 2 that has no controllers, as systemd mounts one beside version 1.
  return all.find((name) => !isVersion2(name)) ?? all[0];
}

function processesBelow(group: string): number[] {
  try {
    const own = fs.readFileSync(path.join(group, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
    return [...own, ...children(group).flatMap(processesBelow)];
  } catch (error) {
    // A pod's group may go while its parent is read: then there is no such file, or none any more that was open (ENODEV).
    if (["ENOENT", "ENODEV"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}

async function removeGroup(group: string): Promise<void> {
  if (!isThere(group)) return;
  for (const child of children(group)) await removeGroup(child);
  // A process leaves its group a moment after it has ended for everybody else.
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

/** No process of the seat opens this machine's disks and hardware, also by a node of its own making. Version 1 alone knows this group. */
function denyDevices(group: string): void {
  for (const rule of deniedDevices(fs.readFileSync("/proc/devices", "utf8"), fs.readFileSync("/proc/misc", "utf8"))) {
    fs.writeFileSync(path.join(group, "devices.deny"), rule);
  }
}

/** Version 2 gives children only the controllers their parent passes on. */
function enableControllers(group: string): void {
  const available = fs.readFileSync(path.join(group, "cgroup.controllers"), "utf8").trim().split(/\s+/).filter(Boolean);
  for (const controller of available) fs.writeFileSync(path.join(group, "cgroup.subtree_control"), `+${controller}`);
}

/** Version 1's cpuset takes no process before it has been told processors and memory nodes. */
function inherit(group: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    const own = path.join(group, file);
    if (isVersion2(group) || !isThere(own) || fs.readFileSync(own, "utf8").trim()) continue;
    fs.writeFileSync(own, fs.readFileSync(path.join(path.dirname(group), file)));
  }
}
