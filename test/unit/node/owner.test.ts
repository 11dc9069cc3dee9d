import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cgroupName } from "../../../embedded/node/layout";
import { belongsTo, isContained, isOwn, isStrangers } from "../../../base/process-owner";
import { environmentOf, identify, isAlive, isForeground, isListed, sessionOf } from "../../../base/process-id";
import { findSeatProcesses } from "../../../embedded/node/processes";

/**
 * Stands in for /proc, because the kernel refuses root nothing. Each file has its text or bytes, or the code of the error that reading it gives. A function
 * gives another answer each time. processes.test.ts has the real /proc.
 */
const proc = vi.hoisted(() => new Map<string, string | Buffer | (() => string | Buffer)>());
vi.mock("node:fs", async (original) => {
  const real = await original<typeof import("node:fs")>();
  const said = (file: unknown) => {
    const path = String(file);
    if (!path.startsWith("/proc/")) return undefined;
    const there = proc.get(path) ?? "ENOENT";
    const found = typeof there === "function" ? there() : there;
    if (typeof found === "string" && /^E[A-Z]+$/.test(found))
      throw Object.assign(new Error(`${found}: ${path}`), { code: found });
    return found;
  };
  const fake = {
    ...real,
    readFileSync: (file: never, options: never) => said(file) ?? real.readFileSync(file, options),
    readlinkSync: (file: never) => said(file) ?? real.readlinkSync(file),
    existsSync: (file: string) => (file.startsWith("/proc/") ? proc.has(file) : real.existsSync(file)),
  };
  return { ...fake, default: fake };
});

/** An auxiliary vector with AT_UID behind another entry. */
function auxv(uid: number): Buffer {
  const bytes = Buffer.alloc(48);
  bytes.writeBigUInt64LE(6n, 0);
  bytes.writeBigUInt64LE(4096n, 8);
  bytes.writeBigUInt64LE(11n, 16);
  bytes.writeBigUInt64LE(BigInt(uid), 24);
  return bytes;
}
/** Fields of proc(5): state, parent, group, session, terminal, its foreground group, thirteen that nobody reads here, and the start. */
const stat = (state = "S", start = "100", command = "sh") =>
  `7 (${command}) ${state} 1 7 5 34816 7 ${Array(13).fill("1").join(" ")} ${start} 0 0`;
const status = (uids: string, pids = "7") => `Name:\tsh\nUid:\t${uids.split(" ").join("\t")}\nNSpid:\t${pids}\n`;

beforeEach(() => {
  proc.clear();
  proc.set("/proc/self/ns/user", "user:[1]");
  proc.set("/proc/self/status", status("0 0 0 0", "99"));
  proc.set("/proc/sys/kernel/random/boot_id", "boot-1\n");
  proc.set("/proc/7/status", status("0 0 0 0"));
  proc.set("/proc/7/ns/user", "user:[1]");
  proc.set("/proc/7/auxv", auxv(0));
  proc.set("/proc/7/stat", stat());
});

describe("a process is a user's", () => {
  it("by all four of its user ids, its user namespace, and who started its program", () => {
    expect(belongsTo(0, 7)).toBe(true);
    expect(isStrangers(7)).toBe(false);
  });

  it.each([0, 1, 2, 3])("and is not where its user id %i is another's", (index) => {
    proc.set("/proc/7/status", status([0, 0, 0, 0].map((id, at) => (at === index ? 65534 : id)).join(" ")));
    expect(belongsTo(0, 7)).toBe(false);
  });

  it("and is not where it is root of another's namespace, nor where another has started it", () => {
    proc.set("/proc/7/ns/user", "user:[2]");
    expect(belongsTo(0, 7)).toBe(false);
    proc.set("/proc/7/ns/user", "user:[1]");
    proc.set("/proc/7/auxv", auxv(65534));
    expect(belongsTo(0, 7)).toBe(false);
  });

  it.each(["EACCES", "EPERM"])("and nobody can tell where the kernel keeps it from us: %s", (code) => {
    for (const file of ["/proc/7/auxv", "/proc/7/ns/user"]) {
      proc.set("/proc/7/ns/user", "user:[1]");
      proc.set("/proc/7/auxv", auxv(0));
      proc.set(file, code);
      expect(belongsTo(0, 7), file).toBeUndefined();
      // What is not known to be ours is not ended, and what is not known to be another's is not passed over.
      expect([isOwn(7), isStrangers(7)]).toEqual([false, false]);
    }
  });

  it("and nobody can tell where its vector does not say it, as of a program of 32 bits", () => {
    proc.set("/proc/7/auxv", Buffer.alloc(32, 1));
    expect(belongsTo(0, 7)).toBeUndefined();
  });

  it.each(["ENOENT", "ESRCH"])("no longer where it has ended: %s", (code) => {
    proc.set("/proc/7/auxv", code);
    expect(belongsTo(0, 7)).toBe(false);
    proc.set("/proc/7/status", code);
    expect(belongsTo(0, 7)).toBe(false);
  });

  it.each(["EIO", "EMFILE", "ENOMEM"])("and an error that says nothing of it is one: %s", (code) => {
    proc.set("/proc/7/auxv", code);
    expect(() => belongsTo(0, 7)).toThrow(code);
    proc.set("/proc/7/status", code);
    expect(() => belongsTo(0, 7)).toThrow(code);
  });

  it("and is no stranger's where it is this user's or root's", () => {
    proc.set("/proc/7/status", status("1000 1000 1000 1000"));
    expect(isStrangers(7)).toBe(true);
    proc.set("/proc/7/status", status(Array(4).fill(process.geteuid!()).join(" ")));
    expect(isStrangers(7)).toBe(false);
  });

  it("and is of a container by its numbers below ours", () => {
    expect(isContained(7)).toBe(false);
    proc.set("/proc/7/status", status("0 0 0 0", "7\t1"));
    expect([isContained(7), isOwn(7)]).toEqual([true, false]);
  });
});

describe("a process is told apart from a later one of its number", () => {
  const id = { pid: 7, start: "100", boot: "boot-1" };

  it("by when it began, and in which start of the machine", () => {
    expect(identify(7)).toEqual({ ...id, parent: 1 });
    expect([
      isAlive(id),
      isAlive({ ...id, start: "101" }),
      isAlive({ ...id, boot: "boot-0" }),
      isAlive({ pid: 7, start: "100" }),
    ]).toEqual([true, false, false, true]);
    expect([isListed(id), isListed({ ...id, boot: "boot-0" })]).toEqual([true, false]);
  });

  it.each(["Z", "X"])("and one that has ended does not live, though it is listed: state %s", (state) => {
    proc.set("/proc/7/stat", stat(state));
    expect([identify(7), isAlive(id), isListed(id)]).toEqual([undefined, false, true]);
  });

  it("whatever its program's name looks like", () => {
    proc.set("/proc/7/stat", stat("S", "100", "a) Z 9 (b"));
    expect([isAlive(id), sessionOf(7), isForeground(7)]).toEqual([true, 5, true]);
  });

  it("and is gone only where the kernel says that: anything else is an error", () => {
    for (const code of ["ENOENT", "ESRCH"]) {
      proc.set("/proc/7/stat", code);
      expect([identify(7), isAlive(id), isListed(id), sessionOf(7), isForeground(7)]).toEqual([
        undefined,
        false,
        false,
        undefined,
        false,
      ]);
    }
    for (const code of ["EACCES", "EPERM", "EIO", "EMFILE"]) {
      proc.set("/proc/7/stat", code);
      expect(() => isAlive(id), code).toThrow(code);
    }
  });

  it("and variables that are kept from us are none of ours", () => {
    proc.set("/proc/7/environ", "A=1\0B=2\0");
    expect(environmentOf(7)).toEqual(["A=1", "B=2", ""]);
    for (const code of ["EACCES", "EPERM", "ENOENT", "ESRCH"]) {
      proc.set("/proc/7/environ", code);
      expect(environmentOf(7), code).toEqual([]);
    }
    proc.set("/proc/7/environ", "EIO");
    expect(() => environmentOf(7)).toThrow("EIO");
  });
});

describe("a process in a seat's control group of which the kernel does not say whose it is", () => {
  const seat = "/nowhere/seats/a";
  let cgroups: string;
  beforeEach(() => {
    cgroups = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-cgroups-"));
    const node = path.join(cgroups, cgroupName(seat), "node");
    fs.mkdirSync(node, { recursive: true });
    fs.writeFileSync(path.join(cgroups, "cgroup.controllers"), "pids\n");
    fs.writeFileSync(path.join(node, "cgroup.procs"), "7\n");
  });
  afterEach(() => fs.rmSync(cgroups, { recursive: true }));
  const id = { pid: 7, start: "100", boot: "boot-1" };
  const found = () => findSeatProcesses(seat, cgroups).makers;
  /** The kernel gives the one for the first looks, and the other then. */
  const atFirst = (file: string, looks: number, first: string | Buffer, then: () => string | Buffer) => {
    let asked = 0;
    proc.set(file, () => ((asked += 1) <= looks ? first : then()));
    return () => asked;
  };

  /** What execve(2) leaves in auxv until the new program's vector is there. */
  const NO_VECTOR = Buffer.alloc(16);

  it.each([
    ["by its vector", "auxv", NO_VECTOR, auxv(0)],
    ["by its namespace", "ns/user", "EACCES", "user:[1]"],
  ])("is asked for again while it becomes another program: %s", (_, file, first, then) => {
    const asked = atFirst(`/proc/7/${file}`, 3, first, () => then);
    expect(found()).toEqual([id]);
    expect(asked()).toBe(4);
  });

  it.each([
    ["is a zombie", stat("Z")],
    ["is gone", "ESRCH"],
    ["has another's number", stat("S", "200")],
  ])("counts no more once it %s", (_, then) => {
    atFirst("/proc/7/auxv", 3, "EACCES", () => {
      proc.set("/proc/7/stat", then);
      return "EACCES";
    });
    expect(found()).toEqual([]);
  });

  it("is not taken for none where that lasts", () => {
    proc.set("/proc/7/auxv", "EACCES");
    expect(found).toThrow(
      `Process 7 is in a seat's control group, ${cgroupName(seat)}, and the kernel does not say who owns it. Nothing was changed. Run the same command as root.`,
    );
  });
});
