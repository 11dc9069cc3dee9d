import { createHash } from "node:crypto";
import type { CgroupMount } from "./cgroups";
import { DEVICES } from "./devices";

// Parts of the script that a seat's first process runs, with its new root as the current folder and the machine's below "/".

/**
 * What of the machine's /etc the seat's programs read, and nobody has a secret in: which of several programs a name means (iptables), where libraries are, the
 * names of protocols, the time zone, the system's name.
 */
const OF_THE_MACHINE = ["alternatives", "ethertypes", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "mtab", "os-release", "protocols", "services"];

/** An /etc without the machine's users, keys and settings. */
export function etcScript(seat: { folder: string; name: string; node: string }): string {
  const files: Record<string, string> = {
    passwd: "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
    group: "root:x:0:\ntty:x:5:\nnogroup:x:65534:",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns",
    hostname: seat.name,
    hosts: `127.0.0.1 localhost\n::1 localhost\n${seat.node} ${seat.name}`,
    "resolv.conf": "# There is no way out of the seat, and no other name server.",
    "machine-id": createHash("sha256").update(seat.folder).digest("hex").slice(0, 32),
  };
  return `# An /etc of its own: nothing of the machine's but what programs need to be found and named.
mkdir etc
for file in ${OF_THE_MACHINE.join(" ")}; do
  [ ! -e "/etc/$file" ] || cp -a "/etc/$file" etc
done
${Object.entries(files).map(([name, text]) => `cat > etc/${name} <<'END'\n${text}\nEND\n`).join("")}`;
}

/** A /dev without the machine's disks and hardware. */
export const devScript = `# A /dev of its own: no disk, no hardware. The kubelet wants to read the kernel's log, which is the whole machine's: it gets an empty one.
mkdir dev
mount -t tmpfs -o mode=755,nosuid tmpfs dev
mkdir dev/pts dev/shm dev/mqueue
for device in ${DEVICES.join(" ")}; do cp -a "/dev/$device" dev; done
mount -t devpts -o newinstance,gid=5,mode=620,ptmxmode=666 devpts dev/pts
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs dev/shm
mount -t mqueue -o nosuid,nodev,noexec mqueue dev/mqueue
ln -s pts/ptmx dev/ptmx
ln -s null dev/kmsg
ln -s /proc/self/fd dev/fd
for number in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/\${number%:*}" "dev/\${number#*:}"; done
`;

/** What of /proc is the whole machine's, beside its settings: read-only, as in any container. */
const PROC_READ_ONLY = ["acpi", "bus", "fs", "irq", "scsi", "sysrq-trigger"];
/** What of it nobody may read. */
const PROC_HIDDEN = ["kallsyms", "kcore", "keys", "kmsg", "sched_debug", "timer_list"];

/** A /proc whose settings can be read alone, but for those of the network: they are the seat's own. */
export const procScript = `# The settings of the whole machine's kernel are read-only; those of the network are this network namespace's.
mkdir proc
mount -t proc proc proc
for folder in proc/sys/* ${PROC_READ_ONLY.map((name) => `proc/${name}`).join(" ")}; do
  [ "$folder" != proc/sys/net ] && [ -e "$folder" ] || continue
  mount --bind "$folder" "$folder"
  mount -o remount,bind,ro "$folder"
done
for file in ${PROC_HIDDEN.map((name) => `proc/${name}`).join(" ")}; do
  [ ! -e "$file" ] || mount --bind dev/null "$file"
done
`;

/** A read-only /sys with the seat's own part of the control groups. */
export function sysScript(mounts: readonly CgroupMount[]): string {
  const whole = mounts.find(({ at }) => at === "");
  const tree = whole
    ? ["mount -t cgroup2 cgroup2 sys/fs/cgroup"]
    : [
        "mount -t tmpfs -o mode=755,nosuid,nodev,noexec tmpfs sys/fs/cgroup",
        ...mounts.flatMap(({ at, type, options }) => [`mkdir sys/fs/cgroup/${at}`, `mount -t ${type} ${options ? `-o ${options} ` : ""}${type} sys/fs/cgroup/${at}`]),
        "for link in /sys/fs/cgroup/*; do [ ! -L \"$link\" ] || cp -P \"$link\" sys/fs/cgroup; done",
        "mount -o remount,bind,ro sys/fs/cgroup",
      ];
  return `# A /sys of this network namespace, with no control group but the seat's own: it is the root of the cgroup namespace.
mkdir sys
mount -t sysfs sysfs sys
mount -o remount,bind,ro sys
${tree.join("\n")}
`;
}

/**
 * The machine's programs, as overlays of nothing over them: no option of mount(2) makes an overlay writable that has no folder to write to, as it does a
 * mount that is merely read-only. Where the kernel takes no overlay of the folder, that has to do.
 */
export const programsScript = `mkdir mnt
mount -t tmpfs -o mode=755 tmpfs mnt
mknod mnt/local c 0 0 # a whiteout in /usr: what was installed by hand is not the seat's
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
umount mnt
`;
