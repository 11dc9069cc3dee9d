import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ReportProgress } from "../../../../base/step";
import { embeddedCommand } from "../../../../cli/commands/embedded";
import * as taken from "../../../../cli/stack/taken";
import { embedded } from "../../../../cli/targets/embedded";
import * as seats from "../../../../cli/targets/embedded/seats";
import type { SeatStatus } from "../../../../embedded/node/status";
import { addonNames } from "../../../../versions";
import { lazily } from "../../../support/lazily";

const { world, did } = vi.hoisted(() => ({
  did: [] as unknown[][],
  world: {
    status: {} as Record<string, unknown>,
    node: [] as number[],
    pods: [] as number[],
    said: [] as [number, number, string?][],
  },
}));
const does = vi.hoisted(() => (what: string) => async (folder: unknown, report: unknown, ...more: unknown[]) => {
  did.push([what, folder, ...more]);
  for (const said of world.said) (report as ReportProgress)(...said);
  return { address: "10.231.0.2", kubeconfig: "/home/me/my lab/kubeconfig" };
});
vi.mock("../../../../embedded/node/seat", () => ({
  createSeat: does("create"),
  startSeat: does("start"),
  stopSeat: does("stop"),
  deleteSeat: does("delete"),
}));
vi.mock("../../../../embedded/node/status", () => ({
  seatStatus: async (folder: string) => world.status[folder.split("/").at(-1)!] ?? { state: "absent" },
}));
vi.mock("../../../../embedded/node/processes", async (original) => ({
  ...(await original<object>()),
  ownProcesses: () => world.node.map((pid) => ({ pid })),
  podProcesses: () => world.pods.map((pid) => ({ pid })),
}));
vi.mock("../../../../embedded/images", () => ({
  sameStoreStep: (key: string, addons: string[]) => ({ title: key, addons }),
}));
vi.mock("../../../../cli/targets/stages", () => ({
  embeddedStages: () => ["all stages"],
  embeddedStagesFor: () => [],
}));
vi.mock("../../../../cli/terminal/progress", () => ({
  runSteps: async (stages: unknown) => did.push(["build", stages]),
}));
vi.mock("../../../../cli/stack/taken", () => ({
  takenSeat: (named: string | undefined, say: (line: string) => void) =>
    named ?? (say("Seat taken, as none is selected."), "taken"),
}));

let home: string;
let printed: string;
const folderOf = (seat: string) => path.join(home, "seats", seat);
const record = (seat: string, more: object = {}) => {
  const text = {
    name: seat,
    generation: "g",
    addressRange: "10.231.0.4/30",
    kubernetesVersion: "1.2.3",
    phase: "ready",
  };
  fs.mkdirSync(folderOf(seat), { recursive: true });
  fs.writeFileSync(path.join(folderOf(seat), "seat.json"), JSON.stringify({ ...text, made: true, ...more }));
};
const run = (...args: string[]) => embeddedCommand().exitOverride().parseAsync(args, { from: "user" });

beforeEach(() => {
  lazily({
    "../targets/embedded/seats": seats,
    "../stack/taken": taken,
  });
  home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-verbs-")));
  vi.stubEnv("ISTIO_LAB_HOME", home);
  did.splice(0);
  Object.assign(world, { status: {}, node: [], pods: [], said: [] });
  printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((printed += String(text)), true));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  fs.rmSync(home, { recursive: true });
});

describe("npm run embedded", () => {
  it.each([
    ["stop", "stop"],
    ["delete", "delete"],
  ])("%s is about the seat that is named, whatever its generation", async (verb, what) => {
    await run(verb, "--seat", "b");
    expect(did).toEqual([[what, folderOf("b")]]);
  });

  it("start starts a seat that was made, and says how to reach it by a command that a shell reads", async () => {
    record("b");
    await run("start", "--seat", "b");
    expect(did).toEqual([["start", folderOf("b")]]);
    expect(printed).toContain("10.231.0.2");
    expect(printed).toContain("export KUBECONFIG='/home/me/my lab/kubeconfig'\n");
  });

  it.each([
    ["is none", () => undefined],
    ["is a half-made one", () => record("b", { made: undefined, phase: "files" })],
  ])("start makes a seat of a generation of its own where there %s", async (_, there) => {
    there();
    await run("start", "--seat", "b");
    await run("start", "--seat", "b");
    const [one, other] = did.map(([, spec]) => spec as { generation: string });
    expect(did.map(([what]) => what)).toEqual(["create", "create"]);
    expect(one).toEqual({ name: "b", folder: folderOf("b"), generation: expect.stringMatching(/^[\da-f-]{36}$/) });
    expect(other!.generation).not.toBe(one!.generation);
  });

  it("takes the seat of the selected stack where none is named, and says so", async () => {
    await run("stop");
    expect(did).toEqual([["stop", folderOf("taken")]]);
    expect(printed).toBe("Seat taken, as none is selected.\n");
  });

  it("refuses a name that no seat can have", async () => {
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    await expect(run("delete", "--seat", "../b")).rejects.toThrow();
    expect(did).toEqual([]);
  });

  it("shows how far it is where there are steps, and else only what is said", async () => {
    world.said = [
      [1, 4, "control plane"],
      [0, 0, "a dead seat found"],
      [4, 4],
    ];
    await run("stop", "--seat", "b");
    expect(printed).toBe("[1/4] control plane\na dead seat found\n[4/4] \n");
  });
});

describe("build", () => {
  it("builds all, and no store where no seat lacks its own", async () => {
    await run("build");
    record("a");
    record("b", { images: home, addons: ["kiali"] });
    await run("build");
    expect(did).toEqual([
      ["build", ["all stages"]],
      ["build", ["all stages"]],
    ]);
  });

  it("makes again each store that is gone, with the addons of its seat; a record that cannot be read is passed over", async () => {
    record("a", { images: "/gone/store/0123", addons: ["kiali", "nobody's"] });
    record("b", { images: "/gone/store/4567", addons: [] });
    record("c", { images: "/gone/store/89ab" });
    record("d");
    fs.writeFileSync(path.join(folderOf("d"), "seat.json"), "{");
    fs.mkdirSync(folderOf("No seat's name"));
    await run("build");
    const stores = [
      { title: "0123", addons: ["kiali"] },
      { title: "4567", addons: [] },
    ];
    expect(addonNames).toContain("kiali");
    expect(did).toEqual([["build", ["all stages", [stores]]]]);
  });
});

describe("list", () => {
  it("has a line for each seat, in order, and nothing else that lies there", async () => {
    for (const name of ["b", "a", "Not a seat"]) fs.mkdirSync(folderOf(name), { recursive: true });
    world.status = {
      a: { state: "running", seat: { address: "10.231.0.2", kubernetesVersion: "1.2.3" } },
      b: { state: "unknown", problem: "its record cannot be read" },
    };
    await run("list");
    const lines = printed.trimEnd().split("\n");
    expect(lines).toEqual([
      expect.stringMatching(/^a +running +10\.231\.0\.2 +Kubernetes 1\.2\.3$/),
      expect.stringMatching(/^b +unknown +its record cannot be read$/),
    ]);
    expect(lines.map((line) => line.search(/running|unknown/))).toEqual([20, 20]);
  });

  it("without a seat says what makes one", async () => {
    await run("list");
    expect(printed).toMatch(/no seat.*npm run up/);
  });
});

describe("status", () => {
  const seat = { address: "10.231.0.2", kubernetesVersion: "1.2.3", generation: "g-1", folder: "/seats/b" };
  const show = async (status: Partial<SeatStatus> | object) => {
    world.status = { b: status };
    await run("status", "--seat", "b");
    return printed.trimEnd().split("\n");
  };

  it("has a line for each service, and the memory of node and pods apart", async () => {
    vi.useFakeTimers({ now: Date.parse("2026-01-02T12:00:00Z"), toFake: ["Date"] });
    world.node = [process.pid];
    const since = (ago: number) => new Date(Date.now() - ago * 1000).toISOString();
    const [head, , ...rows] = await show({
      state: "running",
      seat,
      services: [
        { name: "etcd", up: true, pid: process.pid, since: since(7) },
        { name: "kubelet", up: true, pid: 4_194_305, since: since(61) },
        { name: "containerd", up: true, since: since(3661) },
        { name: "kube-proxy", up: false },
      ],
    });
    for (const part of ["running", ...Object.values(seat)]) expect(head).toContain(part);
    expect(rows.slice(0, 4).map((row) => row.replace(/ {2,}/g, "  "))).toEqual([
      expect.stringMatching(new RegExp(`^etcd  up  ${process.pid}  7 s  [1-9]\\d* MB$`)),
      "kubelet  up  4194305  1 min 1 s",
      "containerd  up  1 h 1 min",
      "kube-proxy  down",
    ]);
    const mine = Number(/(\d+) MB$/.exec(rows[0]!)![1]);
    const [, node, pods] = /node (\d+) MB.*pods (\d+) MB/.exec(rows[4]!)!.map(Number);
    // Memory grows between two looks.
    expect(Math.abs(node! - mine)).toBeLessThan(100);
    expect(pods).toBe(0);
  });

  it("counts what the pods take as theirs, and nothing of what has ended", async () => {
    Object.assign(world, { pods: [process.pid, 4_194_305] });
    const lines = await show({ state: "running", seat, services: [] });
    expect(lines.at(-1)).toMatch(/node 0 MB.*pods [1-9]\d* MB/);
  });

  it("of a seat that does not run, or of which nothing is known, says so and no more", async () => {
    expect(await show({ state: "stopped", seat })).toEqual([expect.stringMatching(/stopped.*1\.2\.3/)]);
    printed = "";
    expect(await show({ state: "unknown", problem: "no record" })).toEqual([
      expect.stringMatching(/unknown: no record$/),
    ]);
    printed = "";
    expect(await show({ state: "absent" })).toEqual([expect.stringMatching(/absent$/)]);
  });
});

it.each([
  ["running", true],
  ["stopped", false],
  ["dead", false],
  ["creating", false],
])("a seat that is %s counts as there for a class: %s", async (state, isThere) => {
  world.status = { b: { state } };
  expect(await embedded.isHere!("b", {} as never)).toBe(isThere);
});
