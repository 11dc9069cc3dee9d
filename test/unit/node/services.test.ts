import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { SeatCgroups } from "../../../embedded/node/cgroups";
import { parse } from "yaml";
import { containerdConfig, kubeletConfig, kubeProxyConfig } from "../../../embedded/node/config";
import { requirePath } from "../../../embedded/node/machine";
import { layout } from "../../../embedded/node/layout";
import type { NodePlan } from "../../../embedded/node/plan";
import { quote } from "../../../base/quote";
import { bootScript, initScript } from "../../../embedded/node/scripts";
import { writeConfiguration } from "../../../embedded/node/node-files";
import { runScript, services, writeService } from "../../../embedded/node/services";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab it's "));
afterAll(() => fs.rmSync(folder, { recursive: true }));
const plan: NodePlan = {
  layout: layout(folder),
  name: "seat",
  address: "10.231.0.2",
  snapshotter: "overlayfs",
  shared: {},
};

/** Throws unless `script` is a program of the shell. */
const checkSyntax = (script: string) => execFileSync("/bin/sh", ["-n"], { input: script, stdio: "pipe" });

it("the node's configuration names its files whatever is in their path: it is YAML, and TOML, whose texts in quotes JSON writes as well", () => {
  const at = layout('/home/"me"\\100% #1');
  const odd = { ...plan, layout: at };
  expect(parse(kubeletConfig(odd))).toMatchObject({
    authentication: { x509: { clientCAFile: `${at.pki}/client-ca.crt` } },
    tlsCertFile: `${at.pki}/kubelet.crt`,
    tlsPrivateKeyFile: `${at.pki}/kubelet.key`,
    resolvConf: `${at.etc}/resolv.conf`,
  });
  expect(parse(kubeProxyConfig(odd))).toMatchObject({
    clientConnection: { kubeconfig: `${at.etc}/kube-proxy.kubeconfig` },
  });
  expect(containerdConfig(odd)).toContain(String.raw`conf_dir = "/home/\"me\"\\100% #1/etc/cni"`);
});

it.each([
  ["a colon", "/srv/10:30/seats/x"],
  ["a control character", "/srv/a\nb/seats/x"],
])("a seat is refused before anything is made where %s is in its path", (what, folder) => {
  expect(() => requirePath(folder)).toThrow(
    new RegExp(
      `^"?/srv/.* cannot hold a seat: ${what} is in its path\\. Nothing has been made\\. Rename that folder, or set ISTIO_LAB_HOME to another one\\.$`,
    ),
  );
  expect(() => requirePath("/srv/100% #1, 'ü' \"$HOME/seats/x")).not.toThrow();
});

describe("a service", () => {
  it.each(services(plan).map((service) => [service.name, service] as const))(
    "%s is a script that runs its program in place of itself",
    (name, service) => {
      const script = runScript(service);
      checkSyntax(script);
      expect(script).toMatch(new RegExp(`^exec ${name}( |$)`, "m"));
      expect(script).toContain(`# ${name}: ${service.about}`);
      // What the shell makes of the script's words is the command, also with spaces and quotes in the folder's name.
      const command = script.slice(script.lastIndexOf("\nexec ") + "\nexec ".length).trimEnd();
      const words = execFileSync("/bin/sh", ["-c", `printf '%s\\n' ${command}`], { encoding: "utf8" });
      expect(words.trimEnd().split("\n")).toEqual(service.command);
    },
  );

  it("waits for whoever brings the seat up, and is logged", () => {
    for (const service of services(plan)) writeService(plan.layout, service);
    const etcd = path.join(plan.layout.services, "etcd");
    expect(fs.readdirSync(etcd).sort()).toEqual(["down", "log", "run"]);
    expect(fs.statSync(path.join(etcd, "run")).mode & 0o111).not.toBe(0);
    expect(fs.readFileSync(path.join(etcd, "log", "run"), "utf8")).toContain(
      quote(path.join(plan.layout.logs, "etcd")),
    );
  });

  it("is written anew at each start, and through no link that the seat has put there", () => {
    const elsewhere = fs.mkdtempSync(path.join(folder, "elsewhere"));
    fs.rmSync(plan.layout.services, { recursive: true, force: true });
    fs.mkdirSync(plan.layout.services);
    fs.symlinkSync(elsewhere, path.join(plan.layout.services, "etcd"));
    writeConfiguration(plan);
    expect(fs.readdirSync(elsewhere)).toEqual([]);
    expect(fs.readdirSync(path.join(plan.layout.services, "etcd")).sort()).toEqual(["down", "log", "run"]);
  });

  it("listens to nobody outside the seat but for the apiserver and the kubelet", () => {
    const flags = services(plan).flatMap((service) => service.command);
    const listening = flags.filter((flag) => /^--(listen-.*-urls|bind-address)=/.test(flag));
    expect(listening.length).toBeGreaterThan(3);
    expect(listening.filter((flag) => !flag.includes("127.0.0.1"))).toEqual([]);
  });

  it("speaks TLS at each of etcd's ports, and answers nobody without a certificate of its own authority", () => {
    const { command } = services(plan).find(({ name }) => name === "etcd")!;
    const urls = command.filter((flag) => /urls=|^--initial-cluster=/.test(flag));
    expect(urls.map((flag) => flag.match(/=([^=]*:)\/\/127/)?.[1])).toEqual(Array.from({ length: 5 }, () => "https:"));
    for (const port of ["", "peer-"]) {
      expect(command).toContain(`--${port}client-cert-auth`);
      expect(command).toContain(`--${port}trusted-ca-file=${path.join(plan.layout.pki, "etcd-ca.crt")}`);
    }
  });
});

describe("the boot scripts", () => {
  const cgroups: SeatCgroups = {
    roots: ["/sys/fs/cgroup/pids/istio-lab-0/cgroup.procs"],
    own: ["/sys/fs/cgroup/pids/istio-lab-0/node/cgroup.procs"],
    parents: ["/sys/fs/cgroup/unified/istio-lab-0"],
    mounts: [
      { at: "pids", type: "cgroup", options: "pids" },
      { at: "unified", type: "cgroup2" },
    ],
  };
  const scripts = { layout: plan.layout, name: "seat", addressRange: "10.231.0.4/30", cgroups, shared: {} };

  it("are programs of the shell", () => {
    expect(() => checkSyntax("if true; then")).toThrow();
    for (const script of [bootScript(scripts), initScript(scripts)]) {
      expect(script).toMatch(/\w/);
      expect(() => checkSyntax(script)).not.toThrow();
    }
  });

  const uses = (shared: NodePlan["shared"]) =>
    [...initScript({ ...scripts, shared }).matchAll(/^share (.*)$/gm)].map((match) => match[1]);

  it("mount what seats share as overlays that nobody can write: the seat's programs, and the images", () => {
    const shared = { programs: "/the cache/toolchain/mesh-1/bin", images: "/the cache/store/1" };
    checkSyntax(initScript({ ...scripts, shared }));
    expect(uses(shared)).toEqual([`'/the cache/toolchain/mesh-1/bin' ".$seat/bin"`, `'/the cache/store/1' "./images"`]);
    expect(initScript(scripts)).toContain('mount -t overlay -o ro,lowerdir=mnt:low shared "$2"');
  });

  it("mount a seat's own programs like that too: those of an earlier version are second names of the files in the cache", () => {
    expect(uses({})).toEqual([`${quote(plan.layout.bin)} ".$seat/bin" 2>/dev/null || true`]);
  });

  it("give the node the second address of its range and the way to the host", () => {
    expect(initScript(scripts)).toContain("ip address add 10.231.0.6/30 dev eth0");
    expect(initScript(scripts)).toContain("ip route add default via 10.231.0.5");
  });

  it("let nothing change a setting of the host's kernel: only those of the network are written, which are the seat's own", () => {
    const written = [...initScript(scripts).matchAll(/> "?(\/proc\/sys\/[^" ]+)/g)].map((match) => match[1]!);
    expect(written.length).toBeGreaterThan(1);
    expect(written.filter((file) => !file.startsWith("/proc/sys/net/"))).toEqual([]);
    expect(initScript(scripts)).toMatch(/^echo 1 > run\/settings\/vm\/overcommit_memory$/m);
  });

  it("join the seat's cgroups before there is a namespace of them, and its own part of them before there is a process of the seat", () => {
    const script = bootScript(scripts);
    const steps = [
      "istio-lab-0/cgroup.procs",
      "exec unshare --cgroup",
      "istio-lab-0/node/cgroup.procs",
      "cgroup.subtree_control",
      "exec unshare --fork",
    ];
    const at = steps.map((step) => script.indexOf(step));
    expect(at).not.toContain(-1);
    expect(at).toEqual(at.toSorted((a, b) => a - b));
  });

  it("take the machine's rights from everything that runs on", () => {
    const command = /^exec env -i [^]*$/m.exec(initScript(scripts))![0];
    expect(command).toMatch(/setpriv --bounding-set=-all,\S+ -- s6-svscan /);
    for (const name of [
      "sys_module",
      "sys_rawio",
      "sys_boot",
      "sys_time",
      "syslog",
      "bpf",
      "perfmon",
      "dac_read_search",
      "mac_admin",
    ])
      expect(command).not.toContain(name);
  });
});
