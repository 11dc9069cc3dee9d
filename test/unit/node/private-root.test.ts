import * as fs from "node:fs";
import { describe, expect, it } from "vitest";
import { cgroupMounts } from "../../../embedded/node/cgroups";
import { deniedDevices } from "../../../embedded/node/confinement";
import { etcFiles, mounts, privateRootScript, type PrivateRoot } from "../../../embedded/node/private-root";

const seat: PrivateRoot = {
  folder: "/seats of all/a",
  name: "a",
  node: "10.231.0.2",
  cgroups: [{ at: "pids", type: "cgroup", options: "pids" }],
  shared: {},
};

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
    const cgroups = cgroupMounts("cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n");
    expect(cgroups).toEqual([{ at: "", type: "cgroup2" }]);
    const there = (mounted: Pick<PrivateRoot, "cgroups">) =>
      mounts({ ...seat, ...mounted })
        .filter(({ at }) => at.startsWith("sys/fs"))
        .map(({ at, type }) => `${type} ${at}`);
    expect(there({ cgroups })).toEqual(["cgroup2 sys/fs/cgroup"]);
    expect(there(seat)).toEqual(["tmpfs sys/fs/cgroup", "cgroup sys/fs/cgroup/pids"]);
  });
});

describe("the devices that a seat may not open", () => {
  const drivers =
    "Character devices:\n  1 mem\n  4 tty\n  5 /dev/tty\n 10 misc\n136 pts\n254 ndctl\n\nBlock devices:\n  7 loop\n254 virtblk\n";
  const rules = deniedDevices(drivers, "232 kvm\n200 tun\n229 fuse\n");

  it("are every disk and all hardware that the machine has", () => {
    expect(rules).toEqual(
      expect.arrayContaining([
        "b *:* rw",
        "c 1:1 rw",
        "c 1:4 rw",
        "c 1:11 rw",
        "c 4:* rw",
        "c 5:1 rw",
        "c 10:232 rw",
        "c 10:229 rw",
        "c 254:* rw",
      ]),
    );
  });

  it("are none that runc puts on a container's list, nor the making of a node: it would start no container", () => {
    for (const allowed of ["c 1:3 ", "c 1:5 ", "c 1:7 ", "c 1:8 ", "c 1:9 ", "c 5:0 ", "c 5:2 ", "c 10:200 ", "c 136:"])
      expect(rules.filter((rule) => rule.startsWith(allowed))).toEqual([]);
    expect(rules.filter((rule) => !rule.endsWith(" rw"))).toEqual([]);
  });
});

describe("a seat's own root", () => {
  it("takes nothing of the machine's /etc that tells of its users, keys or settings", () => {
    const script = privateRootScript(seat);
    for (const secret of [
      "shadow",
      "ssh",
      "ssl",
      "sudoers",
      "/etc/passwd",
      "/etc/hosts",
      "/etc/machine-id",
      "/etc/resolv.conf",
    ])
      expect(script).not.toContain(secret);
    expect(etcFiles(seat).hosts).toContain("10.231.0.2 a");
  });

  it("binds nothing of the machine but this folder", () => {
    const bound = mounts(seat)
      .filter(({ options }) => options.startsWith("bind"))
      .map(({ what }) => what);
    expect(bound.filter((what) => !what.startsWith(`${seat.folder}/`) && what !== seat.folder)).toEqual([]);
  });

  it("cannot write into its folder, which the machine's root reads, but logs and what s6 keeps of its services", () => {
    const own = mounts(seat)
      .filter(({ at }) => at.startsWith(seat.folder))
      .map(({ at, options }) => [at.slice(seat.folder.length), options]);
    expect(own).toEqual([
      ["", "bind,ro"],
      ["/logs", "bind"],
      ["/services", "bind"],
      ["/logs/seat", "bind,ro"],
    ]);
  });

  it("has settings that are read-only, but for the network's, and a /sys that is", () => {
    const options = Object.fromEntries(mounts(seat).map(({ at, options }) => [at, options]));
    expect(options).toMatchObject({
      "proc/sys/kernel": "bind,ro",
      "proc/sys/vm": "bind,ro",
      "proc/sys/fs": "bind,ro",
      sys: "ro",
    });
    expect(Object.keys(options).filter((at) => at === "proc/sys" || at.startsWith("proc/sys/net"))).toEqual([]);
  });

  it("hides of /proc what is the whole machine's, and lets nobody write the rest of that", () => {
    const all = mounts(seat);
    const of = (name: string) =>
      all.filter(({ at }) => at === `proc/${name}`).map(({ what, options }) => [what, options]);
    const hidden = ["kallsyms", "kcore", "keys", "kmsg", "sched_debug", "timer_list"].filter((name) =>
      fs.existsSync(`/proc/${name}`),
    );
    const readOnly = ["acpi", "bus", "fs", "irq", "scsi", "sysrq-trigger"].filter((name) =>
      fs.existsSync(`/proc/${name}`),
    );
    expect(hidden).toContain("kmsg");
    for (const name of hidden) expect(of(name), name).toEqual([[`${seat.folder}/root/dev/null`, "bind"]]);
    for (const name of readOnly) expect(of(name), name).toEqual([[`${seat.folder}/root/proc/${name}`, "bind,ro"]]);
    // What the kubelet wants to be so is so, whatever this machine has.
    for (const name of ["vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops"])
      expect(of(`sys/${name}`), name).toEqual([[`${seat.folder}/root/run/settings/${name}`, "bind"]]);
  });

  it("is a table of mounts also where the folder's name has blanks", () => {
    const table = /<<'MOUNTS'\n([^]*?)\nMOUNTS/.exec(privateRootScript(seat))![1]!.split("\n");
    expect(table.map((line) => line.split(" ").length)).toEqual(table.map(() => 6));
    expect(table).toContain("/seats\\040of\\040all/a/var /seats\\040of\\040all/a/root/var none bind 0 0");
  });
});
