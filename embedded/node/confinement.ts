/**
 * The capabilities of root inside a seat, see capabilities(7). Those up to `sys_chroot` are a container runtime's own
 * set for containers. Kubelet, containerd, runc, packet filters and the lessons' sidecars need the others. The list
 * leaves out what reaches past the namespaces: kernel modules, the clock, raw input and output, and the kernel's log.
 * It also leaves out `dac_read_search`, which opens any file of a file system by its number. One capability that can
 * take over a machine stays: mounts need CAP_SYS_ADMIN.
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

/** `setpriv` and its arguments: the program that follows has only these capabilities and cannot gain others. */
export const CONFINE = [
  "/usr/bin/setpriv",
  `--bounding-set=-all,${CAPABILITIES.map((name) => `+${name}`).join(",")}`,
  "--",
] as const;

/** Device nodes and links in a seat, copied from the machine. They expose nothing of the machine. */
export const DEVICES = ["null", "zero", "full", "random", "urandom", "tty", "fd", "stdin", "stdout", "stderr"] as const;

/**
 * Numbers of the character devices that a seat may open, by major number. See the kernel's
 * Documentation/admin-guide/devices.txt.
 */
const ALLOWED: ReadonlyMap<number, ReadonlySet<number> | "all"> = new Map<number, ReadonlySet<number> | "all">([
  [1, new Set([3, 5, 7, 8, 9])], // null, zero, full, random, urandom
  [5, new Set([0, 2])], // tty, ptmx
  [10, new Set([200])], // net/tun: runc allows it in every container
  [128, "all"], // terminals: the machine's own are in another instance of devpts
  [136, "all"],
]);

/** The highest minor number of majors 1 and 5. Those of major 10 come from the machine's list. */
const FIXED_MINORS = { 1: 15, 5: 3 } as const;

/**
 * The rules that deny disks and hardware in a version 1 `devices` group, from the kernel's lists of drivers. They
 * deny all disks, and each character device of the machine by its number. An allow-list would not work: runc asks for
 * all devices for a privileged container, and could not start it. Making a node stays allowed because runc asks for
 * that too. Opening it is denied.
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
