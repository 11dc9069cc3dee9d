import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cgroupMounts, hierarchies, membersOf, seatGroups } from "../../../embedded/node/cgroups";
import { deniedDevices } from "../../../embedded/node/confinement";
import { instancesFor, raiseTo } from "../../../embedded/node/inotify";
import { writeKubeconfig } from "../../../embedded/node/certificates";
import { layout } from "../../../embedded/node/layout";
import { mountsBelow } from "../../../embedded/node/seat-folder";
import { quote } from "../../../base/quote";
import { clearableWithoutRecord, isRecordDraft, readRecord, writeRecord } from "../../../embedded/node/record";
import { writeBootScripts } from "../../../embedded/node/scripts";
import { needs, withoutOwnProcess } from "../../support/needs";

let folder: string;
beforeEach(() => void (folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-edges-"))));
afterEach(() => fs.rmSync(folder, { recursive: true }));
const at = (name: string) => path.join(folder, name);
const put = (name: string, text = "") => {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true });
  fs.writeFileSync(at(name), text);
};
const modeOf = (name: string) => (fs.statSync(at(name)).mode & 0o777).toString(8);

describe("what is mounted in a folder", () => {
  const table =
    "proc /proc proc rw 0 0\n/dev/a /seats/a ext4 rw 0 0\n/dev/b /seats/a/var/my\\040volume ext4 rw 0 0\n/dev/c /seats/ab ext4 rw 0 0\n/dev/d /seats ext4 rw 0 0\n/dev/e /seats/a/x\\134y ext4 rw 0 0\n";

  it("is on it or below it, whatever blanks its name has, and neither above nor beside it", () => {
    expect(mountsBelow("/seats/a", table)).toEqual(["/seats/a", "/seats/a/var/my volume", "/seats/a/x\\y"]);
    expect(mountsBelow("/seats/a/var/my volume", table)).toEqual(["/seats/a/var/my volume"]);
    expect(mountsBelow("/none", table)).toEqual([]);
  });
});

describe("a text for a shell", () => {
  it.each([
    "plain",
    "a b",
    "it's",
    "$HOME",
    "`id`",
    'say "x"',
    "",
    "a;b",
    "a\nb",
    "*",
    "~",
    "#x",
    "a\\b",
    "-x",
    "a=b,c:d/e@f%g+h.i_j",
  ])("%j is one word, and itself", (text) => {
    expect(execFileSync("/bin/sh", ["-c", `printf '%s|' ${quote(text)}`], { encoding: "utf8" })).toBe(`${text}|`);
  });
});

describe("control groups", () => {
  const group = "istio-lab-0123456789";
  const members = (part: "node" | "kubepods") => membersOf(group, part, folder);

  it("of version 2 are one hierarchy, in which the seat's groups and their processes are found, those of groups below as well", () => {
    put("cgroup.controllers", "cpu memory\n");
    put("cgroup.procs", "1\n");
    expect(hierarchies(folder)).toEqual([folder]);
    for (const name of [
      group,
      "istio-lab-012345678",
      "istio-lab-0123456789a",
      "istio-lab-012345678G",
      "xistio-lab-0123456789",
      "user.slice",
    ])
      fs.mkdirSync(at(name));
    expect(seatGroups(folder)).toEqual([group]);
    expect([members("node"), members("kubepods")]).toEqual([[], []]);
    put(`${group}/node/cgroup.procs`, "10\n11\n");
    put(`${group}/kubepods/cgroup.procs`, "");
    put(`${group}/kubepods/besteffort/cgroup.procs`, "20\n");
    put(`${group}/kubepods/besteffort/pod1/c1/cgroup.procs`, "30\n31\n");
    put(`${group}/kubepods/besteffort/pod1/cgroup.procs`, "");
    expect([members("node"), members("kubepods")]).toEqual([
      [10, 11],
      [20, 30, 31],
    ]);
  });

  it("of version 1 are told by `memory`, and where that is missing by the first that is not a version 2", () => {
    put("unified/cgroup.controllers");
    for (const name of ["cpu,cpuacct", "memory", "pids", "unified"]) put(`${name}/cgroup.procs`);
    fs.symlinkSync("cpu,cpuacct", at("cpu"));
    fs.mkdirSync(at("empty"));
    expect(hierarchies(folder).sort()).toEqual(["cpu,cpuacct", "memory", "pids", "unified"].map(at));
    put(`memory/${group}/node/cgroup.procs`, "7\n");
    put(`cpu,cpuacct/${group}/node/cgroup.procs`, "8\n");
    put(`unified/${group}/node/cgroup.procs`, "9\n");
    expect([members("node"), seatGroups(folder)]).toEqual([[7], [group]]);
    fs.rmSync(at("memory"), { recursive: true });
    fs.rmSync(at("pids"), { recursive: true });
    expect(members("node")).toEqual([8]);
    fs.rmSync(at("cpu,cpuacct"), { recursive: true });
    fs.rmSync(at("cpu"));
    expect(members("node")).toEqual([9]);
  });

  it("that are not there have nobody in them, and one that cannot be read is an error", () => {
    expect([hierarchies(at("none")), seatGroups(at("none")), membersOf(group, "node", at("none"))]).toEqual([
      [],
      [],
      [],
    ]);
    put("cgroup.controllers");
    put(`${group}/node`, "a file where a group should be");
    expect(() => members("node")).toThrow("ENOTDIR");
  });

  it("are mounted in a seat as the machine has them, and those of other places are not", () => {
    const table = [
      "cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,cpu,cpuacct 0 0",
      "cgroup /sys/fs/cgroup/systemd cgroup rw,xattr,release_agent=/a,name=systemd 0 0",
      "cgroup2 /sys/fs/cgroup/unified cgroup2 rw,nsdelegate 0 0",
      "cgroup /elsewhere/cpu cgroup rw,cpu 0 0",
      "cgroup /sys/fs/cgroup/a/b cgroup rw,pids 0 0",
      "tmpfs /sys/fs/cgroup tmpfs ro 0 0",
    ].join("\n");
    expect(cgroupMounts(table)).toEqual([
      { at: "cpu,cpuacct", type: "cgroup", options: "cpu,cpuacct" },
      { at: "systemd", type: "cgroup", options: "name=systemd" },
      { at: "unified", type: "cgroup2" },
    ]);
    expect(cgroupMounts("cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n")).toEqual([{ at: "", type: "cgroup2" }]);
    const controllers = [
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
    ].join(",");
    expect(cgroupMounts(`cgroup /sys/fs/cgroup/all cgroup rw,${controllers},other 0 0\n`)).toEqual([
      { at: "all", type: "cgroup", options: controllers },
    ]);
  });
});

it("of each device that runc knows every other minor is denied, and of no driver all but those", () => {
  const rules = deniedDevices(
    "Character devices:\n  1 mem\n  5 /dev/tty\n 10 misc\n128 ptm\n136 pts\n 13 input\n\nBlock devices:\n  8 sd\n",
    "200 tun\n 61 nvram\n",
  );
  const minors = (major: number) =>
    rules.flatMap((rule) => new RegExp(`^c ${major}:(\\d+|\\*) rw$`).exec(rule)?.[1] ?? []);
  expect(minors(1)).toEqual(["0", "1", "2", "4", "6", "10", "11", "12", "13", "14", "15"]);
  expect([minors(5), minors(10), minors(13), minors(128), minors(136), minors(8)]).toEqual([
    ["1", "3"],
    ["61"],
    ["*"],
    [],
    [],
    [],
  ]);
  expect(rules.filter((rule) => rule.startsWith("b "))).toEqual(["b *:* rw"]);
});

it("a seat's proxies take three instances each, istiod one, and the limit that is named has room for them", () => {
  expect([0, 1, 15, undefined].map((sidecars) => instancesFor(sidecars))).toEqual([7, 10, 52, 52]);
  expect([127, 128, 255, 256].map((instances) => raiseTo(instances).split("=")[1])).toEqual([
    "128",
    "256",
    "256",
    "512",
  ]);
});

describe("a seat's files", () => {
  it("a kubeconfig is its owner's alone, and what a client reads", needs(withoutOwnProcess), () => {
    const umask = process.umask(0);
    try {
      writeKubeconfig(at("below/kubeconfig"), {
        server: "https://10.231.0.2:6443",
        authority: "AUTHORITY",
        user: "system:node:a",
        client: { certificate: "CERTIFICATE", key: "KEY" },
      });
    } finally {
      process.umask(umask);
    }
    expect(modeOf("below/kubeconfig")).toBe("600");
    const config = new KubeConfig();
    config.loadFromFile(at("below/kubeconfig"));
    const text = (data?: string) => Buffer.from(data!, "base64").toString();
    const [cluster, user] = [config.getCurrentCluster()!, config.getCurrentUser()!];
    expect([cluster.server, text(cluster.caData), user.name, text(user.certData), text(user.keyData)]).toEqual([
      "https://10.231.0.2:6443",
      "AUTHORITY",
      "system:node:a",
      "CERTIFICATE",
      "KEY",
    ]);
  });

  it("a record is its owner's alone, and each of its parts is asked for", () => {
    const record = {
      name: "a",
      generation: "g",
      addressRange: "10.231.0.0/30",
      kubernetesVersion: "1.36.3",
      phase: "ready",
    } as const;
    writeRecord(at("seat.json"), record);
    expect([modeOf("seat.json"), readRecord(at("seat.json")), readRecord(at("none.json"))]).toEqual([
      "600",
      record,
      undefined,
    ]);
    for (const key of Object.keys(record)) {
      for (const value of [undefined, 7, null]) {
        fs.writeFileSync(at("seat.json"), JSON.stringify({ ...record, [key]: value }));
        expect(() => readRecord(at("seat.json")), key).toThrow("is not a seat's record");
      }
    }
    fs.writeFileSync(at("seat.json"), JSON.stringify({ ...record, addressRange: "10.231.0.0/29" }));
    expect(() => readRecord(at("seat.json"))).toThrow("is not a seat's record");
    fs.rmSync(at("seat.json"));
    fs.mkdirSync(at("seat.json"));
    expect(() => readRecord(at("seat.json"))).toThrow(/seat\.json cannot be read: EISDIR.*nothing was changed/);
  });

  it("a draft of a record is known by its whole name, of today and of before", () => {
    expect(
      [
        ".istio-lab-7-0123456789ab.draft",
        "seat.json.7",
        "seat.json",
        "seat.json.",
        "seat.json.7x",
        "xseat.json.7",
        ".istio-lab-7-0123.draft",
      ].map(isRecordDraft),
    ).toEqual([true, true, false, false, false, false, false]);
  });

  it("a folder without a record may be cleared where it has drafts alone, and what else is in it is named", () => {
    const seat = layout(at("a"));
    expect(clearableWithoutRecord(seat)).toBe(false);
    put("a/seat.json.7");
    expect(clearableWithoutRecord(seat)).toBe(true);
    for (const name of ["v1", "v2", "v3", "v4", "v5"]) put(`a/${name}`);
    expect(() => clearableWithoutRecord(seat)).toThrow(/holds v1, v2, v3, v4, v5\. Their owner is unknown/);
    put("a/v6");
    expect(() => clearableWithoutRecord(seat)).toThrow(/holds v1, v2, v3, v4, v5, …\. Their owner is unknown/);
  });

  it("the boot scripts are programs, and each is in its place", () => {
    const cgroups = { roots: ["/g/cgroup.procs"], own: ["/g/node/cgroup.procs"], parents: [], mounts: [] };
    writeBootScripts({ layout: layout(folder), name: "a", addressRange: "10.231.0.0/30", cgroups, shared: {} });
    expect([modeOf("boot"), modeOf("init")]).toEqual(["755", "755"]);
    expect([fs.readFileSync(at("boot"), "utf8"), fs.readFileSync(at("init"), "utf8")]).toEqual([
      expect.stringContaining("exec unshare --fork --pid --mount --net --uts --ipc"),
      expect.stringContaining("pivot_root . host"),
    ]);
  });
});
