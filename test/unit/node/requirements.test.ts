import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BUILT, NEEDED_BYTES, requireForSeat, requirePrograms } from "../../../embedded/node/machine";

const { world } = vi.hoisted(() => ({
  world: {
    machine: undefined as string | undefined,
    debian: undefined as string | undefined,
    namespaces: undefined as string | undefined,
    bytes: Infinity,
    missing: [] as string[],
    images: [] as { name: string; archive: string }[],
    imagesFail: undefined as string | undefined,
    asked: [] as string[],
  },
}));
const unless = vi.hoisted(() => (problem: string | undefined) => {
  if (problem !== undefined) throw new Error(problem);
});
vi.mock("../../../embedded/toolchain/machine", () => ({
  requireMachine: () => unless(world.machine),
  requireDebian: () => unless(world.debian),
}));
vi.mock("../../../embedded/toolchain", () => ({
  binary: (name: string) => (world.asked.push(name), unless(world.missing.includes(name) ? name : undefined), name),
}));
vi.mock("../../../embedded/images", () => ({
  images: (addons?: string[]) => (unless(world.imagesFail), addons?.length === 0 ? [] : world.images),
}));
vi.mock("../../../embedded/node/run", () => ({
  run: async (program: string, args: string[]) => (
    world.asked.push([program, ...args].join(" ")),
    unless(world.namespaces),
    ""
  ),
}));
vi.mock("../../../base/room", async (original) => ({
  ...(await original<object>()),
  roomFor: (folder: string) => ({ there: folder, bytes: world.bytes }),
}));

let folder: string;
const refusal = async (at = folder, addons?: []) => {
  try {
    await requireForSeat(at, addons);
    return [];
  } catch (error) {
    expect((error as Error).name).toBe("SeatError");
    return (error as Error).message.split("\n");
  }
};

beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-required-")));
  Object.assign(world, {
    machine: undefined,
    debian: undefined,
    namespaces: undefined,
    bytes: NEEDED_BYTES,
    missing: [],
    images: [],
    imagesFail: undefined,
    asked: [],
  });
  vi.spyOn(process, "getuid").mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true });
});

describe("a machine for a seat", () => {
  it("has all programs of a node, those that are built and those of packages, and lets root make each namespace", async () => {
    expect(await refusal()).toEqual([]);
    const programs = [...BUILT, "containerd", "containerd-shim-runc-v2", "ctr", "etcd", "ip", "iptables", "nsenter"];
    programs.push("runc", "s6-log", "s6-svc", "s6-svscan", "setpriv", "unshare");
    expect(world.asked.slice(0, -1).sort()).toEqual(programs.sort());
    const namespaces = world.asked.at(-1)!.split(" ");
    for (const flag of ["--cgroup", "--fork", "--pid", "--mount", "--net", "--uts", "--ipc"])
      expect(namespaces).toContain(flag);
    expect(namespaces.join(" ")).toMatch(/^unshare .*--propagation private true$/);
  });

  it("is told all that it lacks at once", async () => {
    Object.assign(world, {
      debian: "no root",
      namespaces: "not permitted",
      bytes: NEEDED_BYTES - 1,
      missing: ["etcd"],
    });
    const problems = await refusal(path.join(folder, "a:b"));
    expect(problems).toEqual([
      "no root",
      expect.stringMatching(/etcd.*npm run embedded -- build/),
      expect.stringContaining("not permitted"),
      expect.stringContaining("a colon"),
      expect.stringMatching(/GiB.*ISTIO_LAB_HOME/),
    ]);
  });

  it("of another system is told that alone", async () => {
    Object.assign(world, { machine: "needs Linux", debian: "no root", bytes: 0 });
    expect(await refusal()).toEqual(["needs Linux"]);
  });

  it("is asked for namespaces only as root, without whom nothing can be said of them", async () => {
    vi.spyOn(process, "getuid").mockReturnValue(1000);
    world.namespaces = "not permitted";
    expect(await refusal()).toEqual([]);
    expect(world.asked.some((asked) => asked.startsWith("unshare --"))).toBe(false);
  });
});

describe("what a seat is made of", () => {
  const lacks = (addons?: []) => {
    try {
      requirePrograms(addons);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };

  it("is named, each program that is not built", () => {
    world.missing = ["kubelet", "runc"];
    expect(lacks()).toMatch(/kubelet, runc\..*npm run embedded -- build/);
  });

  it("has the images of its addons as well, which are asked for when the programs are there", () => {
    const there = path.join(folder, "there.tar");
    fs.writeFileSync(there, "");
    world.images = [
      { name: "pause", archive: there },
      { name: "kiali", archive: path.join(folder, "none.tar") },
    ];
    expect(lacks()).toMatch(/: image kiali\./);
    expect(lacks([])).toBe("");
    world.missing = ["etcd"];
    expect(lacks()).not.toContain("kiali");
    Object.assign(world, { missing: [], imagesFail: "jaeger is not built yet. Run this" });
    expect(lacks()).toMatch(/: jaeger\./);
  });
});
