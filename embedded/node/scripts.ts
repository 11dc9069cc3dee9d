import * as fs from "node:fs";
import { endsOf } from "./address";
import { CONFINE } from "./confinement";
import type { SeatCgroups } from "./cgroups";
import type { Layout } from "./layout";
import { privateRootScript } from "./private-root";
import { SEAT_MARK } from "./processes";
import { quote } from "../../base/quote";
import type { Shared } from "./shared";

/** What the boot scripts have to know about a seat. */
export interface SeatScripts {
  layout: Layout;
  name: string;
  addressRange: string;
  cgroups: SeatCgroups;
  shared: Shared;
}

/** Writes both scripts into the seat's folder. */
export function writeBootScripts(scripts: SeatScripts): void {
  fs.writeFileSync(scripts.layout.boot, bootScript(scripts), { mode: 0o755 });
  fs.writeFileSync(scripts.layout.init, initScript(scripts), { mode: 0o755 });
}

/**
 * The script that runs on the host. It becomes `unshare`, which makes the namespaces and their first process, and
 * then waits outside for that process's end. It is in the seat's cgroups, so everything that it starts is too.
 */
export function bootScript({ layout, cgroups }: SeatScripts): string {
  const join = (files: readonly string[]) =>
    `for group in \\\n${files.map((file) => `  ${quote(file)}`).join(" \\\n")}\ndo\n  echo $$ > "$group"\ndone\n`;
  const passOn = (group: string) =>
    `for controller in $(cat ${quote(`${group}/cgroup.controllers`)}); do echo "+$controller" > ${quote(`${group}/cgroup.subtree_control`)}; done\n`;
  return `#!/bin/sh -e
# Starts the seat in this folder: "init", as process 1 of namespaces of its own. When that process is killed, the
# kernel takes every process, mount, network device and packet filter rule of the seat away with it.
if [ "$1" != inside ]; then
  # Where it is now will be the root of every control group that the seat sees.
  ${join(cgroups.roots).trimEnd().replaceAll("\n", "\n  ")}
  exec unshare --cgroup /bin/sh -e "$0" inside
fi
${join(cgroups.own)}${cgroups.parents.map(passOn).join("")}exec unshare --fork --pid --mount --net --uts --ipc --propagation private /bin/sh -e ${quote(layout.init)}
`;
}

/**
 * The script that runs as the seat's first process. It sets up the seat's own root and network, and becomes the
 * supervisor.
 */
export function initScript({ layout, name, addressRange, cgroups, shared }: SeatScripts): string {
  const { host, node } = endsOf(addressRange);
  const seat = layout.folder;
  return `#!/bin/sh -e
# The first process of the seat "${name}".
seat=${quote(seat)}

# A root of its own: the host's programs, read-only; this folder, under its own path; its "var" as /var; and
# a new /run and /tmp. Nothing in the seat, not even a pod with a hostPath, sees other files of the host.
root="$seat/root"
mount -t tmpfs -o mode=755 istio-lab "$root"
cd "$root"
${privateRootScript({ folder: seat, name, node, cgroups: cgroups.mounts, shared })}
mkdir host
pivot_root . host
cd /
umount -l /host
rmdir /host
mount --make-rshared / # pods may ask for mounts to be passed on

# Its network: the host puts "eth0" here, one end of a pair whose other end it keeps.
hostname ${quote(name)}
ip link set lo up
tries=0
until ip link show eth0 >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 200 ] || { echo "eth0 did not come: the process that makes this seat has ended"; exit 1; }
  sleep 0.05
done
ip address add ${node}/30 dev eth0
ip link set eth0 up
ip route add default via ${host}
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter
# Pods of one bridge reach each other through Services only if the bridge shows its packets to the packet filter.
for call in iptables ip6tables; do
  [ ! -e "/proc/sys/net/bridge/bridge-nf-call-$call" ] || echo 1 > "/proc/sys/net/bridge/bridge-nf-call-$call"
done

# From here on the services run, each as its "run" script says, and are started again when they end. What root could do
# past the namespaces nobody in the seat can any more.
exec env -i ${SEAT_MARK}="$seat" HOME=/ LANG=C.UTF-8 PATH="$seat/bin:/usr/sbin:/usr/bin:/sbin:/bin" \\
  ${CONFINE.join(" ")} s6-svscan "$seat/services"
`;
}
