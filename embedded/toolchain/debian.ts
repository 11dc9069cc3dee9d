import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Report, Step } from "../step";
import { explainApt } from "./apt-errors";
import { requireDebian, requireMachine } from "./machine";
import { NoServiceStarts } from "./policy";

/** Package → a file it brings. A file that is there from elsewhere (a Docker host's own containerd and runc) is as good. */
const packages: Readonly<Record<string, string>> = {
  "busybox-static": "/bin/busybox",
  "ca-certificates": "/etc/ssl/certs/ca-certificates.crt",
  "containerd": "/usr/bin/containerd",
  "containernetworking-plugins": "/usr/lib/cni/bridge",
  "curl": "/usr/bin/curl",
  "etcd-server": "/usr/bin/etcd",
  "iproute2": "/usr/bin/ip",
  "iptables": "/usr/sbin/iptables",
  "python3-pip": "/usr/bin/pip3",
  "runc": "/usr/sbin/runc",
  "s6": "/usr/bin/s6-svscan",
};

/** Packages whose service Debian would start with the machine from then on. */
const services = ["containerd", "etcd"];

/** Where Debian's programs are, whatever the caller's PATH says. */
const folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** The path of one of Debian's programs, undefined when it is not installed. */
export function systemBinary(name: string): string | undefined {
  return folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
}

/** The step that installs the packages, starts none of their services and touches none of the machine's own. */
export function debianStep(): Step {
  const policy = new NoServiceStarts();
  return {
    title: "Debian packages (containerd, runc, etcd, s6, CNI plugins, iptables)",
    isDone: async () => !policy.isLeft() && missing().length === 0,
    run: async (report, signal) => {
      requireMachine();
      requireDebian();
      policy.begin();
      try {
        await apt(["update"], report, signal).catch(() => signal.throwIfAborted()); // old lists may do; install says if not
        const wanted = missing();
        const before = services.filter(hasUnit);
        await apt(["install", "--yes", "--no-install-recommends", "--no-remove", ...wanted], report, signal);
        await keepFromStarting(broughtUnits(before, services.filter(hasUnit)));
      } finally {
        policy.end();
      }
      if (missing().length) throw new Error(`Installed, and still not there: ${missing().join(", ")}. Is a package damaged?`);
    },
  };
}

/** The units that came with the packages: one that was there before is the machine's own, and goes on starting with it. */
export function broughtUnits(before: readonly string[], after: readonly string[]): string[] {
  return after.filter((name) => !before.includes(name));
}

function missing(): string[] {
  return Object.entries(packages).filter(([, file]) => !systemFileExists(file)).map(([name]) => name);
}

function systemFileExists(file: string): boolean {
  // Where a program lies differs between releases (runc: /usr/sbin or /usr/bin).
  return fs.existsSync(file) || (/bin\//.test(file) && systemBinary(path.basename(file)) !== undefined);
}

function hasUnit(name: string): boolean {
  return ["/lib/systemd/system", "/usr/lib/systemd/system"].some((folder) => fs.existsSync(path.join(folder, `${name}.service`)));
}

/** The seat runs its own; a second etcd and containerd must not come up with the machine's next start. */
async function keepFromStarting(units: string[]): Promise<void> {
  if (units.length === 0 || !systemBinary("systemctl")) return;
  const { execa } = await import("execa");
  await execa("systemctl", ["disable", ...units], { reject: false, stdin: "ignore" });
}

async function apt(args: string[], report: Report, signal: AbortSignal): Promise<void> {
  const { execa } = await import("execa");
  const child = execa("apt-get", [...options, ...args], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
    cancelSignal: signal,
    reject: false,
  });
  createInterface({ input: child.stdio[3] as Readable }).on("line", (line) => {
    // apt's own progress: kind:package:percent:words. Downloading is the first half, unpacking the second.
    const [kind, , percent, words] = line.split(":");
    const half = Number(percent) / 2;
    if (Number.isFinite(half)) report(Math.round(kind === "dlstatus" ? half : 50 + half), 100, words);
  });
  const result = await child;
  signal.throwIfAborted();
  if (result.code === "ENOENT") throw new Error("There is no apt-get on this machine. The embedded seat needs Debian or Ubuntu.");
  if (result.exitCode !== 0) throw new Error(explainApt(`${result.stdout}\n${result.stderr}`));
}

// Unattended upgrades hold the lock for a while on a machine that has just started.
const options = ["-o", "APT::Status-Fd=3", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Options::=--force-confold"];
