import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { withLock } from "../../base/lock";
import type { ReportProgress, Step } from "../../base/step";
import { explainApt } from "./apt-errors";
import { requireDebian, requireMachine } from "./machine";
import { NoServiceStarts } from "./policy";
import { SERVICES, ServicesBefore } from "./services";

/**
 * Maps a package to a file that it installs. A file from another source is as good, such as a Docker host's own
 * containerd and runc.
 */
const packages: Readonly<Record<string, string>> = {
  "busybox-static": "/bin/busybox",
  "ca-certificates": "/etc/ssl/certs/ca-certificates.crt",
  containerd: "/usr/bin/containerd",
  "containernetworking-plugins": "/usr/lib/cni/bridge",
  curl: "/usr/bin/curl",
  "etcd-server": "/usr/bin/etcd",
  iproute2: "/usr/bin/ip",
  iptables: "/usr/sbin/iptables",
  "python3-pip": "/usr/bin/pip3",
  runc: "/usr/sbin/runc",
  s6: "/usr/bin/s6-svscan",
};

/** The folders of Debian's programs, independent of the caller's PATH. */
const folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** The path of one of Debian's programs. Undefined if it is not installed. */
export function systemBinary(name: string): string | undefined {
  return folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
}

/** The operations of this step on a machine. */
export interface Machine {
  policy: NoServiceStarts;
  before: ServicesBefore;
  require(): void;
  /** The packages that still have to be installed. */
  missing(): string[];
  hasUnit(name: string): boolean;
  /** The package that a unit's file belongs to. Undefined if it belongs to none. */
  packageOf(unit: string): Promise<string | undefined>;
  apt(args: string[], report: ReportProgress, signal: AbortSignal): Promise<void>;
  /** Keeps units from starting at boot. */
  disable(units: string[]): Promise<void>;
}

/**
 * The step that installs the packages. It starts none of their services and does not touch the machine's own
 * services.
 */
export function debianStep(machine: Machine = thisMachine()): Step {
  const isDone = () => !machine.policy.isLeft() && !machine.before.isLeft() && machine.missing().length === 0;
  return {
    title: "Debian packages (containerd, runc, etcd, s6, CNI plugins, iptables)",
    isDone: async () => isDone(),
    run: async (report, signal) => {
      machine.require();
      // Take a lock: if two runs install at once, the first would remove its policy while the second still installs.
      await withLock(
        "packages",
        (holder) => report(0, 0, `waiting for ${holder}, which installs packages`),
        async () => {
          if (!isDone()) await installUnderPolicy(machine, report, signal);
        },
      );
    },
  };
}

async function installUnderPolicy(machine: Machine, report: ReportProgress, signal: AbortSignal): Promise<void> {
  const { policy, missing } = machine;
  policy.begin();
  try {
    // Old lists may be enough; the installation fails if not.
    await machine.apt(["update"], report, signal).catch(() => signal.throwIfAborted());
    await install(machine, report, signal);
  } finally {
    policy.end();
  }
  if (missing().length) throw new Error(`Installed, but still missing: ${missing().join(", ")}. Is a package damaged?`);
}

/** The seat runs its own etcd and containerd. Debian's must not start at boot, even if this run fails or is killed. */
async function install(
  { before, missing, hasUnit, packageOf, apt, disable }: Machine,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<void> {
  const units = () => Object.keys(SERVICES).filter(hasUnit);
  const wanted = missing();
  before.begin(units(), wanted);
  const keepFromStarting = async () => disable(await before.brought(units(), packageOf));
  try {
    await apt(["install", "--yes", "--no-install-recommends", "--no-remove", ...wanted], report, signal);
  } catch (error) {
    // Report why nothing was installed. The next run disables the units again.
    await keepFromStarting().catch(() => undefined);
    throw error;
  }
  await keepFromStarting();
  before.end();
}

function thisMachine(): Machine {
  const requireAll = () => {
    requireMachine();
    requireDebian();
  };
  return {
    policy: new NoServiceStarts(),
    before: new ServicesBefore(),
    require: requireAll,
    missing,
    hasUnit,
    packageOf,
    apt,
    disable: disableUnits,
  };
}

function missing(): string[] {
  return Object.entries(packages)
    .filter(([, file]) => !systemFileExists(file))
    .map(([name]) => name);
}

function systemFileExists(file: string): boolean {
  // A program's folder differs between releases (runc: /usr/sbin or /usr/bin).
  return fs.existsSync(file) || (/bin\//.test(file) && systemBinary(path.basename(file)) !== undefined);
}

function hasUnit(name: string): boolean {
  return ["/lib/systemd/system", "/usr/lib/systemd/system"].some((folder) =>
    fs.existsSync(path.join(folder, `${name}.service`)),
  );
}

/**
 * The package as dpkg knows it. dpkg-query exits with 1 for a file of no package. dpkg may know a unit in /lib by
 * that folder or by /usr/lib.
 */
export async function packageOf(unit: string): Promise<string | undefined> {
  const { execa } = await import("execa");
  const { exitCode, stdout, stderr, shortMessage } = await execa(
    "dpkg-query",
    ["--search", `*/systemd/system/${unit}.service`],
    { reject: false, stdin: "ignore" },
  );
  if (exitCode !== 0 && exitCode !== 1)
    throw new Error(
      `dpkg-query does not say which package ${unit}.service belongs to (${stderr || shortMessage}). Repair that, and run the same command again.`,
    );
  return /^([^\s:,]+)(:\w+)?: /m.exec(stdout)?.[1];
}

async function disableUnits(units: string[]): Promise<void> {
  if (units.length === 0 || !systemBinary("systemctl")) return;
  const { execa } = await import("execa");
  const run = await execa("systemctl", ["disable", ...units], { reject: false, stdin: "ignore" });
  if (!run.failed) return;
  const command = `systemctl disable ${units.join(" ")}`;
  throw new Error(
    `${units.join(" and ")} came with Debian's packages and would start with this machine. ${command} failed (${run.stderr.trim() || run.shortMessage}). Repair that, and run the same command again.`,
  );
}

async function apt(args: string[], report: ReportProgress, signal: AbortSignal): Promise<void> {
  const { execa } = await import("execa");
  const child = execa("apt-get", [...options, ...args], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
    cancelSignal: signal,
    reject: false,
  });
  createInterface({ input: child.stdio[3] }).on("line", (line) => {
    // apt's own progress lines: kind:package:percent:words. Downloading is the first half, unpacking the second.
    const [kind, , percent, words] = line.split(":");
    const half = Number(percent) / 2;
    if (Number.isFinite(half)) report(Math.round(kind === "dlstatus" ? half : 50 + half), 100, words);
  });
  const result = await child;
  signal.throwIfAborted();
  if (result.code === "ENOENT")
    throw new Error("There is no apt-get on this machine. The embedded seat needs Debian or Ubuntu.");
  if (result.exitCode !== 0) throw new Error(explainApt(`${result.stdout}\n${result.stderr}`));
}

// Unattended upgrades hold the lock for a while on a machine that has just booted.
const options = ["-o", "APT::Status-Fd=3", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Options::=--force-confold"];
