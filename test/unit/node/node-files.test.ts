import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { layout } from "../../../embedded/node/layout";
import { BUILT } from "../../../embedded/node/machine";
import { snapshotterFor, writeNodeFiles } from "../../../embedded/node/node-files";
import type { NodePlan } from "../../../embedded/node/plan";

const { world } = vi.hoisted(() => ({
  world: { toolchain: "", type: undefined as number | undefined, did: [] as unknown[][] },
}));
vi.mock("node:fs", async (original) => {
  const real = await original<typeof fs>();
  return {
    ...real,
    statfsSync: (of: string) => (world.type === undefined ? real.statfsSync(of) : { type: world.type }),
  };
});
vi.mock("../../../embedded/toolchain", async (original) => ({
  ...(await original<object>()),
  binary: (name: string) => `${world.toolchain}/${name}`,
}));
vi.mock("../../../embedded/node/certificates", async (original) => ({
  ...(await original<object>()),
  writeCertificates: async (_: unknown, trust: unknown) => world.did.push(["certificates", trust]),
}));
vi.mock("../../../embedded/node/import-images", () => ({
  standOn: (...given: unknown[]) => world.did.push(["images", ...given]),
}));

let home: string;
const at = () => layout(path.join(home, "seat"));
const plan = (shared: NodePlan["shared"] = {}): NodePlan => ({
  layout: at(),
  name: "seat",
  address: "10.231.0.2",
  snapshotter: "overlayfs",
  shared,
});
const modeOf = (...names: string[]) => (fs.statSync(path.join(...names)).mode & 0o7777).toString(8);

beforeEach(() => {
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-files-")));
  Object.assign(world, { toolchain: path.join(home, "toolchain"), type: undefined, did: [] });
  fs.mkdirSync(world.toolchain);
  for (const name of [...BUILT, "kubectl"]) fs.writeFileSync(path.join(world.toolchain, name), name, { mode: 0o755 });
});
afterEach(() => fs.rmSync(home, { recursive: true }));

describe("a node's files", () => {
  it("have its programs as files of its own: what the seat writes to one reaches no other seat", async () => {
    await writeNodeFiles(plan(), []);
    expect(fs.readdirSync(at().bin).sort()).toEqual([...BUILT, "kubectl"].sort());
    for (const name of [...BUILT, "kubectl"]) {
      const [own, shared] = [at().bin, world.toolchain].map((folder) => path.join(folder, name));
      expect([fs.readFileSync(own!, "utf8"), modeOf(own!)]).toEqual([name, "755"]);
      expect(fs.statSync(own!).ino).not.toBe(fs.statSync(shared!).ino);
    }
  });

  it("have no programs and images where they are shared, but stand on those of the cache", async () => {
    const images = [{ name: "pause", archive: "/archives/pause.tar" }];
    await writeNodeFiles(plan({ programs: world.toolchain, images: "/store/1" }), images as never, "trust" as never);
    expect(fs.readdirSync(at().bin)).toEqual([]);
    expect(world.did).toEqual([
      ["images", "/store/1", at(), images],
      ["certificates", "trust"],
    ]);
    world.did = [];
    fs.rmSync(at().folder, { recursive: true });
    await writeNodeFiles(plan(), []);
    expect(world.did).toEqual([["certificates", undefined]]);
  });

  it("have a /var as a machine has it, whose data nobody but root reads, and whose tmp everybody writes", async () => {
    await writeNodeFiles(plan(), []);
    const folders = ["cache", "lib/containerd", "lib/kubelet", "log", "tmp", "volumes", "lib/etcd"];
    for (const name of folders) expect(fs.statSync(path.join(at().var, name)).isDirectory(), name).toBe(true);
    expect(modeOf(at().var, "lib/etcd")).toBe("700");
    expect(modeOf(at().var, "tmp")).toBe("1777");
    expect(["run", "lock"].map((name) => fs.readlinkSync(path.join(at().var, name)))).toEqual(["/run", "/run/lock"]);
  });

  it("name no server outside for names, and are configured before anything starts", async () => {
    await writeNodeFiles(plan(), []);
    expect(fs.readFileSync(path.join(at().etc, "resolv.conf"), "utf8")).not.toMatch(/^\s*nameserver/m);
    const files = ["cni/pods.conflist", "containerd.toml", "kubelet.yaml", "kube-proxy.yaml", "resolv.conf"];
    for (const name of files) expect(fs.statSync(path.join(at().etc, name)).size, name).toBeGreaterThan(0);
    for (const folder of [at().logs, at().root]) expect(fs.readdirSync(folder)).toEqual([]);
    expect(fs.readdirSync(at().services)).toContain("kubelet");
  });
});

it.each([
  ["overlayfs", 0x794c7630, "native"],
  ["ext4", 0xef53, "overlayfs"],
  ["tmpfs", 0x01021994, "overlayfs"],
] as const)("images on a folder of %s are kept by a snapshotter that it can carry", (_, type, snapshotter) => {
  world.type = type;
  expect(snapshotterFor(home)).toBe(snapshotter);
});
