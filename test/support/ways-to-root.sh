# Run in a pod that has all that a seat can give: privileged, with its processes, its network and its files at /host. Tries what leads from there to the machine,
# and prints a line for each way: "reached", or what stopped it. It only opens files and writes nothing, so that a way that is open does no harm.
mkdir -p /tmp/at
way() { name=$1; shift; if said=$("$@" 2>&1); then echo "$name: reached"; else echo "$name: $(printf %s "$said" | tail -n 1 | sed 's/.*: //')"; fi; }
# A program that runs at the moment cannot be opened for writing, wherever it lies: whether it may be is seen once it does not run.
opened() { for try in $(seq 80); do said=$( { : >> "$1"; } 2>&1 ) && return; case $said in *"Text file busy"*) sleep 0.25 ;; *) break ;; esac; done; echo "$said"; return 1; }
on() { mount -t "$1" $2 none /tmp/at && shift 2 && "$@"; result=$?; umount /tmp/at; return $result; }
disk() { for one in /sys/block/*/dev; do IFS=: read -r major minor < "$one"; rm -f /tmp/disk; mknod /tmp/disk b "$major" "$minor" && dd if=/tmp/disk of=/dev/null bs=512 count=1 && return; done; }
loosened() { echo "b *:* rw" > /tmp/at/devices.allow && disk; }
writable() { mount -o remount,bind,rw "$1"; mount -o remount,rw "$1"; opened "$2"; }

echo "etc: $(ls /host/etc | tr '\n' ' ')"
echo "dev: $(find /host/dev -type b -o -type c | sed 's|/host/dev/||' | sort | tr '\n' ' ')"
echo "capabilities: $(sed -n 's/CapBnd:\t//p' /proc/1/status)"
way "passwords" ls /host/etc/shadow
way "passwords of process 1" ls /proc/1/root/etc/shadow
way "keys of ssh" ls /host/etc/ssh
way "programs installed by hand" ls /host/usr/local
way "programs, mounted writable" writable /host/usr /host/usr/lib/os-release
seat=$(tr '\0' '\n' < /proc/1/environ | sed -n 's/^ISTIO_LAB_SEAT=//p')
way "the seat's programs" opened "/host$seat/bin/kubectl"
way "the seat's programs, mounted writable" writable "/host$seat/bin" "/host$seat/bin/kubectl"
image=$(find /host/images/layers -type f -name curl | head -n 1)
way "the image store" opened "$image"
way "the image store, mounted writable" writable /host/images "$image"
way "the seat's folder, mounted writable" writable "/host$seat" "/host$seat/init"
way "the seat's programs, below its folder mounted writable" opened "/host$seat/bin/kubectl"
way "a disk, by a node" disk
way "a disk, by all nodes" on devtmpfs "" dd if=/tmp/at/loop0 of=/dev/null bs=512 count=1
way "a disk, by a loosened group" on cgroup "-o devices" loosened
way "the kernel's log" on devtmpfs "" dd if=/tmp/at/kmsg of=/dev/null bs=8192 count=1
way "release_agent" ls /host/sys/fs/cgroup/memory/release_agent
way "release_agent, mounted anew" on cgroup "-o memory" ls /tmp/at/release_agent
way "groups of others" on cgroup "-o memory" sh -c 'ls -d /tmp/at/istio-lab-*'
way "core_pattern" opened /host/proc/sys/kernel/core_pattern
way "swappiness" opened /host/proc/sys/vm/swappiness
way "core_pattern, mounted anew" on proc "" opened /tmp/at/sys/kernel/core_pattern
way "etcd's peer port" curl --silent --max-time 3 http://127.0.0.1:2380/members
way "etcd's peer port, by TLS" curl --silent --max-time 3 --insecure https://127.0.0.1:2380/members
way "its own network's settings" opened /host/proc/sys/net/ipv4/ip_forward
