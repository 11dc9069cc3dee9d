import { describe, expect, it } from "vitest";
import { cgroupMounts } from "../../../embedded/node/cgroups";
import { deniedDevices } from "../../../embedded/node/devices";
import { devScript, etcScript, procScript, sysScript } from "../../../embedded/node/private-root";

describe("a seat's own part of the control groups", () => {
  it("is each hierarchy of the machine below /sys/fs/cgroup, without the agent that a release calls", () => {
    const table = [
      "tmpfs /sys/fs/cgroup tmpfs rw,mode=755 0 0",
      "cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0",
      "cgroup /sys/fs/cgroup/systemd cgroup rw,xattr,release_agent=/lib/systemd/agent,name=systemd 0 0",
      "cgroup2 /sys/fs/cgroup/unified cgroup2 rw,nsdelegate 0 0",
      "cgroup /somewhere/else cgroup rw,memory 0 0",
    ].join("\n");
    expect(cgroupMounts(table)).toEqual([
      { at: "cpu,cpuacct", type: "cgroup", options: "cpu,cpuacct" },
      { at: "systemd", type: "cgroup", options: "name=systemd" },
      { at: "unified", type: "cgroup2" },
    ]);
  });

  it("is the whole folder where version 2 is the only one", () => {
    const mounts = cgroupMounts("cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n");
    expect(mounts).toEqual([{ at: "", type: "cgroup2" }]);
    expect(sysScript(mounts)).toMatch(/^mount -t cgroup2 cgroup2 sys\/fs\/cgroup$/m);
  });
});

describe("the devices that a seat may not open", () => {
  const drivers = "Character devices:\n  1 mem\n  4 tty\n  5 /dev/tty\n 10 misc\n136 pts\n254 ndctl\n\nBlock devices:\n  7 loop\n254 virtblk\n";
  const rules = deniedDevices(drivers, "232 kvm\n200 tun\n229 fuse\n");

  it("are every disk and all hardware that the machine has", () => {
    expect(rules).toEqual(expect.arrayContaining(["b *:* rw", "c 1:1 rw", "c 1:4 rw", "c 1:11 rw", "c 4:* rw", "c 5:1 rw", "c 10:232 rw", "c 10:229 rw", "c 254:* rw"]));
  });

  it("are none that runc puts on a container's list, nor the making of a node: it would start no container", () => {
    for (const allowed of ["c 1:3 ", "c 1:5 ", "c 1:7 ", "c 1:8 ", "c 1:9 ", "c 5:0 ", "c 5:2 ", "c 10:200 ", "c 136:"]) expect(rules.filter((rule) => rule.startsWith(allowed))).toEqual([]);
    expect(rules.filter((rule) => !rule.endsWith(" rw"))).toEqual([]);
  });
});

describe("a seat's own root", () => {
  it("takes nothing of the machine's /etc that tells of its users, keys or settings, and binds neither /etc nor /dev", () => {
    const script = etcScript({ folder: "/seats/a", name: "a", node: "10.231.0.2" });
    for (const secret of ["shadow", "ssh", "ssl", "sudoers", "/etc/passwd", "/etc/hosts", "/etc/machine-id", "/etc/resolv.conf"]) expect(script).not.toContain(secret);
    expect(script).toMatch(/^10\.231\.0\.2 a$/m);
    for (const part of [script, devScript]) expect(part).not.toMatch(/bind/);
  });

  it("has settings that are read-only, but for the network's, and a /sys that is", () => {
    expect(procScript).toContain('[ "$folder" != proc/sys/net ]');
    expect(procScript).toContain('mount -o remount,bind,ro "$folder"');
    expect(sysScript([])).toContain("mount -o remount,bind,ro sys\n");
  });
});
