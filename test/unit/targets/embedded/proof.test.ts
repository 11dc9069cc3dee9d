import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { embeddedProof } from "../../../../cli/targets/embedded/proof";
import { isClean, type ProofContext } from "../../../../cli/targets/proof";
import { cgroupName, linkName } from "../../../../embedded/node/layout";

const { world } = vi.hoisted(() => ({
  world: {
    groups: [] as string[],
    mounts: [] as string[],
    link: false,
    processes: { init: [] as object[], makers: [] as object[] },
    seat: undefined as object | undefined,
  },
}));
vi.mock("../../../../embedded/node/cgroups", () => ({ leftCgroups: () => world.groups }));
vi.mock("../../../../embedded/node/seat-folder", () => ({ mountsIn: () => world.mounts }));
vi.mock("../../../../embedded/node/namespace", () => ({ hasLink: () => world.link }));
vi.mock("../../../../embedded/node/processes", () => ({ findSeatProcesses: () => world.processes }));
vi.mock("../../../../embedded/node/status", () => ({
  seatStatus: async () => ({ state: "running", seat: world.seat }),
}));

const context: ProofContext = { stack: "anna", workspace: { env: {} }, config: {} };
let lab: string;
let folder: string;
beforeEach(() => {
  lab = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-proof-")));
  vi.stubEnv("ISTIO_LAB_HOME", lab);
  vi.spyOn(process, "getuid").mockReturnValue(0);
  folder = path.join(lab, "seats", "anna");
  Object.assign(world, { groups: [], mounts: [], link: false, processes: { init: [], makers: [] }, seat: undefined });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  fs.rmSync(lab, { recursive: true });
});
const ask = (generations: string[] = ["g-1"]) => embeddedProof.queries(context, { generations });

describe("a seat on this machine", () => {
  it("is gone where nothing that carries its folder's name is there; each can be asked again by a command", async () => {
    const queries = await ask();
    expect(isClean(queries)).toBe(true);
    expect(queries.map(({ what, asked }) => [what, asked])).toEqual([
      ["processes", `cat /sys/fs/cgroup{,/memory}/${cgroupName(folder)}/node/cgroup.procs`],
      ["network", `ip link show ${linkName(folder)}`],
      ["control groups", `ls -d /sys/fs/cgroup{,/*}/${cgroupName(folder)}`],
      ["mounts", `grep ${folder} /proc/mounts`],
      ["disk", `ls -d ${folder}`],
    ]);
  });

  it.each<[string, () => void, () => string[]]>([
    [
      "processes",
      () => (world.processes = { init: [{ pid: 7 }, { pid: 8 }], makers: [{ pid: 9 }] }),
      () => ["process 7", "process 8", "process 9"],
    ],
    ["network", () => (world.link = true), () => [linkName(folder)]],
    [
      "control groups",
      () => (world.groups = ["/sys/fs/cgroup/cpu/a", "/sys/fs/cgroup/memory/a"]),
      () => ["/sys/fs/cgroup/cpu/a", "/sys/fs/cgroup/memory/a"],
    ],
    ["mounts", () => (world.mounts = ["/a", "/b"]), () => ["/a", "/b"]],
    ["disk", () => fs.mkdirSync(folder, { recursive: true }), () => [folder]],
  ])("is not gone while it has its %s, all of which are named", async (what, leave, left) => {
    leave();
    const queries = await ask();
    expect(queries.filter((one) => one.left.length > 0)).toEqual([expect.objectContaining({ what, left: left() })]);
    expect(isClean(queries)).toBe(false);
  });

  it("is unknown to all but root, who alone sees whose processes are", async () => {
    vi.spyOn(process, "getuid").mockReturnValue(1000);
    const queries = await ask();
    expect(queries[0]).toMatchObject({
      what: "processes",
      left: [],
      unknown: "only root sees the processes of a seat",
    });
    expect(isClean(queries)).toBe(false);
  });

  it("is unknown on another system", async () => {
    vi.spyOn(process, "platform", "get").mockReturnValue("darwin");
    expect(await ask()).toEqual([
      expect.objectContaining({ left: [], unknown: "an embedded seat needs a Linux machine, and this is not one" }),
    ]);
  });

  it.each<[string, string[], string, number]>([
    ["another one in its place", ["g-1", "g-2"], "g-3", 1],
    ["the second of its own generations", ["g-1", "g-2"], "g-2", 5],
    ["whatever is there, where no generation was noted", [], "g-3", 5],
  ])("by generation: %s", async (_, own, there, count) => {
    world.seat = { generation: there };
    fs.mkdirSync(folder, { recursive: true });
    const queries = await ask(own);
    expect([queries.length, isClean(queries)]).toEqual([count, count === 1]);
    if (count === 1)
      expect(queries[0]).toMatchObject({
        what: "seat of generation g-1, g-2; another one, g-3, has replaced it and stays",
        asked: `grep generation ${path.join(folder, "seat.json")}`,
      });
  });

  it("notes each of its generations beforehand", async () => {
    const resources = [
      { urn: "", type: "pulumi-nodejs:dynamic/cluster:Generation", id: "g-1" },
      {
        urn: "",
        type: "pulumi-nodejs:dynamic/cluster:Machine",
        inputs: { generation: "g-2" },
        outputs: { generation: "g-3" },
      },
    ];
    expect(await embeddedProof.facts(context, { resources, pending: 0 })).toEqual({
      generations: ["g-1", "g-2", "g-3"],
    });
  });
});
