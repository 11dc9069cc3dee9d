import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { CgroupMount } from "./cgroups";
import { DEVICES } from "./confinement";
import { IMAGE_STORE } from "./plan";
import { quote } from "../../base/quote";
import type { Shared } from "./shared";

/** A line of fstab(5). */
interface Mount {
  what: string;
  /** Below the new root. */
  at: string;
  type: string;
  options: string;
}

/** The seat that gets the root. */
export interface PrivateRoot {
  folder: string;
  name: string;
  node: string;
  cgroups: readonly CgroupMount[];
  shared: Shared;
}

/**
 * The parts of the machine's /etc that the seat's programs read and that hold no secret. They say which of several
 * programs a name means (iptables) and where libraries are. They also hold the protocols' names, the time zone and
 * the system's name.
 */
const ETC_OF_THE_MACHINE = [
  "alternatives",
  "ethertypes",
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "localtime",
  "mtab",
  "os-release",
  "protocols",
  "services",
];
/**
 * The settings below /proc/sys that setupKernelTunables requires
 * (k8s.io/kubernetes/pkg/kubelet/cm/container_manager_linux.go).
 */
const KUBELET_SETTINGS: Readonly<Record<string, number>> = {
  "vm/overcommit_memory": 1,
  "vm/panic_on_oom": 0,
  "kernel/panic": 10,
  "kernel/panic_on_oops": 1,
  "kernel/keys/root_maxkeys": 1_000_000,
  "kernel/keys/root_maxbytes": 25_000_000,
};
/** The parts of its folder that a seat writes to, besides `var`. */
const WRITTEN = ["logs", "services"];
/**
 * The parts of /proc that belong to the whole machine, besides its settings. They are read-only, as in any container.
 */
const PROC_READ_ONLY = ["acpi", "bus", "fs", "irq", "scsi", "sysrq-trigger"];
/** The parts of /proc that nobody in the seat may read. */
const PROC_HIDDEN = ["kallsyms", "kcore", "keys", "kmsg", "sched_debug", "timer_list"];

/**
 * The part of a script that fills the current folder, an empty file system, with a seat's root. One mount(8) call
 * does all mounts that an fstab can express: a process for each mount would slow the seat's start.
 */
export function privateRootScript(seat: PrivateRoot): string {
  const folders = [
    "etc",
    "dev",
    "opt",
    "proc",
    "run/lock",
    "sys",
    "tmp",
    "var",
    `.${seat.folder}`,
    ...Object.keys(KUBELET_SETTINGS).map((name) => path.dirname(`run/settings/${name}`)),
  ];
  return `mkdir mnt
mount -t tmpfs -o mode=755 tmpfs mnt
mknod mnt/local c 0 0 # a whiteout in /usr: what was installed by hand is not the seat's
# The machine's programs are overlays with nothing above them. A remount makes a read-only mount writable, but not an overlay
# without a folder to write to. Where the kernel takes no overlay of a folder, a read-only mount has to do.
for folder in usr bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$folder" ]; then
    cp -P "/$folder" "$folder"
  elif [ -d "/$folder" ]; then
    mkdir "$folder"
    mount -t overlay -o "ro,lowerdir=mnt:/$folder" programs "$folder" 2>/dev/null && continue
    mount --rbind "/$folder" "$folder"
    mount -o remount,bind,ro "$folder"
  fi
done
mkdir -p low ".${IMAGE_STORE}" ${[...new Set(folders)].map((folder) => `"${folder === `.${seat.folder}` ? ".$seat" : folder}"`).join(" ")}
chmod 1777 tmp run/lock

# An /etc of its own: nothing of the machine's but what programs need to be found and named.
set --
for file in ${ETC_OF_THE_MACHINE.join(" ")}; do
  [ ! -e "/etc/$file" ] || set -- "$@" "/etc/$file"
done
cp -a "$@" etc
${Object.entries(etcFiles(seat))
  .map(([name, lines]) => `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")} > etc/${name}`)
  .join("\n")}

# The kubelet insists on these kernel settings, and would make them for the whole machine. Here it finds them made.
${Object.entries(KUBELET_SETTINGS)
  .map(([name, value]) => `echo ${value} > run/settings/${name}`)
  .join("\n")}

# A /dev of its own: no disk, no hardware. The kubelet wants to read the kernel's log, which is the whole machine's: it gets an
# empty one.
mount -t tmpfs -o mode=755,nosuid tmpfs dev
cp -a ${DEVICES.map((name) => `/dev/${name}`).join(" ")} dev
ln -s pts/ptmx dev/ptmx
ln -s null dev/kmsg

# Its "var", this folder, read-only, and the kernel's file systems. The settings of the whole machine are read-only. Those of
# the network are this network namespace's. Of the control groups only the seat's own is there: the cgroup namespace begins with it.
cat > run/fstab <<'MOUNTS'
${mounts(seat)
  .map(({ what, at, type, options }) =>
    [what, path.join(seat.folder, "root", at), type, options, "0", "0"].map(escaped).join(" "),
  )
  .join("\n")}
MOUNTS
mount --all --fstab run/fstab

# What several seats use, as overlays too: bound to "low" first, because an option of mount cannot say every path.
share() {
  mount --bind "$1" low
  mount -t overlay -o ro,lowerdir=mnt:low shared "$2" || { umount low; return 1; }
  umount low
}
${sharedMounts(seat)}umount mnt
rmdir low
`;
}

/**
 * The mounts of the shared folders. A seat that has its own programs also works on a kernel that refuses the overlay.
 * A seat that shares them does not.
 */
function sharedMounts({ folder, shared: { programs, images } }: PrivateRoot): string {
  const own = `share ${quote(path.join(folder, "bin"))} ".$seat/bin" 2>/dev/null || true\n`;
  return `${programs === undefined ? own : `share ${quote(programs)} ".$seat/bin"\n`}${images === undefined ? "" : `share ${quote(images)} ".${IMAGE_STORE}"\n`}`;
}

/** The files of /etc that are written for a seat, as lists of lines. */
export function etcFiles({ folder, name, node }: PrivateRoot): Record<string, string[]> {
  return {
    passwd: ["root:x:0:0:root:/:/bin/sh", "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin"],
    group: ["root:x:0:", "tty:x:5:", "nogroup:x:65534:"],
    "nsswitch.conf": ["passwd: files", "group: files", "hosts: files dns"],
    hostname: [name],
    hosts: ["127.0.0.1 localhost", "::1 localhost", `${node} ${name}`],
    "resolv.conf": ["# There is no way out of the seat, and no other name server."],
    "machine-id": [createHash("sha256").update(folder).digest("hex").slice(0, 32)],
  };
}

/** The mounts, in the order in which they are made. */
export function mounts({ folder, cgroups }: PrivateRoot): Mount[] {
  const bind = (what: string, at: string, options = "bind"): Mount => ({ what, at, type: "none", options });
  const readOnly = (at: string) => bind(path.join(folder, "root", at), at, "bind,ro");
  const inProc = (name: string) => `proc/${name}`;
  const settings = fs
    .readdirSync("/proc/sys")
    .filter((name) => name !== "net")
    .map((name) => `sys/${name}`);
  const isThere = (name: string) => fs.existsSync(`/proc/${name}`);
  const whole = cgroups.some(({ at }) => at === "");
  return [
    bind(path.join(folder, "var"), "var"),
    // The machine's root user reads this folder and runs programs from it. The seat may write only its logs and s6's
    // data about its services.
    bind(folder, folder, "bind,ro"),
    ...WRITTEN.map((name) => path.join(folder, name)).map((part) => bind(part, part)),
    bind(path.join(folder, "logs/seat"), path.join(folder, "logs/seat"), "bind,ro"),
    { what: "devpts", at: "dev/pts", type: "devpts", options: "newinstance,gid=5,mode=620,ptmxmode=666,X-mount.mkdir" },
    { what: "tmpfs", at: "dev/shm", type: "tmpfs", options: "mode=1777,nosuid,nodev,X-mount.mkdir" },
    { what: "mqueue", at: "dev/mqueue", type: "mqueue", options: "nosuid,nodev,noexec,X-mount.mkdir" },
    { what: "proc", at: "proc", type: "proc", options: "defaults" },
    ...[...settings, ...PROC_READ_ONLY].filter(isThere).map(inProc).map(readOnly),
    ...Object.keys(KUBELET_SETTINGS)
      .filter((name) => isThere(`sys/${name}`))
      .map((name) => bind(path.join(folder, "root/run/settings", name), `proc/sys/${name}`)),
    ...PROC_HIDDEN.filter(isThere)
      .map(inProc)
      .map((at) => bind(path.join(folder, "root/dev/null"), at)),
    { what: "sysfs", at: "sys", type: "sysfs", options: "ro" },
    ...(whole ? [] : [{ what: "tmpfs", at: "sys/fs/cgroup", type: "tmpfs", options: "mode=755,nosuid,nodev,noexec" }]),
    ...cgroups.map(({ at, type, options = "defaults" }) => ({
      what: type,
      at: path.join("sys/fs/cgroup", at),
      type,
      options: at === "" ? options : `${options},X-mount.mkdir`,
    })),
  ];
}

/** Escapes blanks in a path, as fstab(5) requires. */
function escaped(text: string): string {
  return text.replace(/[ \t\n\\]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, "0")}`);
}
