/**
 * What root may do inside a seat, see capabilities(7). The first line is a container runtime's own set for containers. Kubelet, containerd, runc, packet filters
 * and the lessons' sidecars need the second. What reaches past the namespaces is left out: kernel modules, the clock, raw input and output, and the kernel's log.
 * So is `dac_read_search`, which opens any file of a file system by its number. Of the capabilities that can take a machine, CAP_SYS_ADMIN stays: mounts need it.
 */
export const CAPABILITIES = [
  "audit_write",
  "chown",
  "dac_override",
  "fowner",
  "fsetid",
  "kill",
  "mknod",
  "net_bind_service",
  "net_raw",
  "setfcap",
  "setgid",
  "setpcap",
  "setuid",
  "sys_chroot",
  "ipc_lock",
  "net_admin",
  "sys_admin",
  "sys_nice",
  "sys_ptrace",
  "sys_resource",
] as const;

/** `setpriv` and its arguments: the program that follows has no capability but these, and no way to another. */
export const CONFINE = [
  "/usr/bin/setpriv",
  `--bounding-set=-all,${CAPABILITIES.map((name) => `+${name}`).join(",")}`,
  "--",
] as const;

/** Device nodes and links of a seat, copied from the machine: they give nothing of it. */
export const DEVICES = ["null", "zero", "full", "random", "urandom", "tty", "fd", "stdin", "stdout", "stderr"] as const;

/** Numbers of the character devices of a seat, as Documentation/admin-guide/devices.txt of the kernel lists them, by their major number. */
const ALLOWED: ReadonlyMap<number, ReadonlySet<number> | "all"> = new Map<number, ReadonlySet<number> | "all">([
  [1, new Set([3, 5, 7, 8, 9])], // null, zero, full, random, urandom
  [5, new Set([0, 2])], // tty, ptmx
  [10, new Set([200])], // net/tun: runc puts it on every container's list
  [128, "all"], // terminals: the machine's own are in another instance of devpts
  [136, "all"],
]);

/** The most a minor number of majors 1, 5 has; that of 10 comes from the machine's list. */
const FIXED_MINORS = { 1: 15, 5: 3 } as const;

/**
 * The rules that take disks and hardware from a version 1 `devices` group, by the kernel's lists of drivers. All disks are
 * denied, and by name each device that the machine has. A group that allows only a list would not do: runc asks for all devices for a privileged container,
 * and could not start it. Making a node stays allowed, because runc asks for that too. Opening it does not.
 */
export function deniedDevices(drivers: string, misc: string): string[] {
  const characters = drivers.split("Block devices:")[0]!;
  const majors = new Set([...characters.matchAll(/^\s*(\d+) /gm)].map(([, major]) => Number(major)));
  const rules = ["b *:* rw"];
  for (const major of majors) {
    const allowed = ALLOWED.get(major);
    if (allowed === "all") continue;
    if (allowed === undefined) rules.push(`c ${major}:* rw`);
    else
      rules.push(
        ...minorsOf(major, misc)
          .filter((minor) => !allowed.has(minor))
          .map((minor) => `c ${major}:${minor} rw`),
      );
  }
  return rules;
}

function minorsOf(major: number, misc: string): number[] {
  if (major === 10) return [...misc.matchAll(/^\s*(\d+) /gm)].map(([, minor]) => Number(minor));
  return Array.from({ length: FIXED_MINORS[major as 1 | 5] + 1 }, (_, minor) => minor);
}
