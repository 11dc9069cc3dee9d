import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseRange, type Taken } from "../../../embedded/node/address";
import { layout } from "../../../embedded/node/layout";
import type { NodePlan } from "../../../embedded/node/plan";
import { self, type ProcessId } from "../../../base/process-id";
import { readRecord, writeRecord, type SeatRecord } from "../../../embedded/node/record";
import { createSeat, startSeat, stopSeat, type SeatSpec } from "../../../embedded/node/seat";

/** What the kernel, the programs and the cluster are in this test. `did` has every call that changes or asks them, in order. */
const { world } = vi.hoisted(() => ({
  world: {} as {
    did: string[];
    said: string[];
    steps: string[];
    fails: Record<string, Error>;
    isAnswering: boolean;
    processes: { init: ProcessId[]; makers: ProcessId[] };
    taken: Taken[];
    shared: { shared: object; findings: string[] };
    late: string[];
    plans: NodePlan[];
    onDid: (what: string) => void;
    note: (what: string) => void;
  },
}));

vi.mock("../../../embedded/node/machine", () => ({
  requireForSeat: async (_: string, addons?: string[]) => world.note(`machine ${String(addons ?? "all")}`),
}));
vi.mock("../../../embedded/node/apiserver", () => ({
  waitReady: async (_: object, address: string) => (world.note(`ask ${address}`), world.isAnswering),
}));
vi.mock("../../../embedded/node/addons", () => ({
  loadClient: () => undefined,
  applyManifests: async () => world.note("apply"),
  waitForSystem: async (_: string, since?: Date) =>
    world.note(`system${since === undefined ? "" : " since the start"}`),
  waitForPods: async () => (world.note("pods"), world.late),
}));
vi.mock("../../../embedded/node/bring-up", () => ({
  startServices: async (plan: NodePlan, served?: () => Promise<void>) => {
    world.plans.push(plan);
    world.note("services");
    await served?.();
  },
  stopServices: async () => world.note("stop services"),
}));
vi.mock("../../../embedded/node/cgroups", async (original) => ({
  ...(await original<object>()),
  makeCgroups: () => (world.note("make cgroups"), {}),
  removeCgroups: async (_: string, groups?: string[]) =>
    world.note(`remove cgroups${groups === undefined ? "" : ` ${groups.length}`}`),
}));
vi.mock("../../../embedded/node/images-of-addons", () => ({
  lacksImages: () => false,
  complete: async () => undefined,
  importInto: async (_: string, addons: string[]) => world.note(`complete ${addons}`),
}));
vi.mock("../../../embedded/node/import-images", () => ({
  importImages: async (_: object, { pid }: ProcessId, snapshotter: string) =>
    world.note(`import ${snapshotter} into ${pid === process.pid ? "the seat" : pid}`),
}));
vi.mock("../../../embedded/node/inotify", () => ({
  requireInotify: (sidecars?: number) => world.note(`inotify ${sidecars ?? "all"}`),
}));
vi.mock("../../../embedded/node/manifests", () => ({ manifests: () => [] }));
vi.mock("../../../embedded/node/namespace", async () => {
  const { self } = await import("../../../base/process-id.js");
  return {
    startNamespace: async (_: string, range: string) => (world.note(`boot ${range}`), self()),
    killNamespace: async () => world.note("kill"),
  };
});
vi.mock("../../../embedded/node/node-files", () => ({
  snapshotterFor: () => "overlayfs",
  writeNodeFiles: async () => world.note("files"),
  writeConfiguration: () => world.note("configuration"),
}));
vi.mock("../../../embedded/node/processes", async (original) => ({
  ...(await original<object>()),
  findSeatProcesses: () => world.processes,
  groupsOf: () => ["istio-lab-0123456789"],
}));
vi.mock("../../../embedded/node/remove", () => ({
  remove: async () => undefined,
  removeEverything: async (folder: string) => {
    world.note("remove everything");
    fs.rmSync(folder, { recursive: true, force: true });
  },
}));
vi.mock("../../../embedded/node/reserved", () => ({ takenRanges: async () => (world.note("ranges"), world.taken) }));
vi.mock("../../../embedded/node/run", () => ({
  run: async (...command: unknown[]) =>
    JSON.stringify(command) === '["/bin/kubelet",["--version"]]' ? " Kubernetes v1.36.3\n" : "",
}));
vi.mock("../../../embedded/node/scripts", () => ({ writeBootScripts: () => world.note("scripts") }));
vi.mock("../../../embedded/node/seat-lock", () => {
  const locked =
    (name: string) =>
    async (...args: unknown[]) => {
      world.note(`lock ${name}`);
      try {
        return await (args.at(-1) as () => Promise<unknown>)();
      } finally {
        world.did.push(`unlock ${name}`);
      }
    };
  return { withSeat: locked("seat"), withAddresses: locked("addresses") };
});
vi.mock("../../../embedded/node/shared", () => ({
  shareable: async () => (world.note("shareable"), world.shared),
  requireShared: () => (world.note("shared"), {}),
}));
vi.mock("../../../embedded/images", () => ({
  images: () => [
    { name: "one", archive: "/one" },
    { name: "two", archive: "/two" },
  ],
}));
vi.mock("../../../embedded/toolchain", () => ({ binary: (name: string) => `/bin/${name}` }));

let lab: string;
let spec: SeatSpec;
const gone: ProcessId = { pid: process.pid, start: "1" };
const made: SeatRecord = {
  name: "a",
  generation: "g1",
  addressRange: "10.231.0.4/30",
  kubernetesVersion: "1.36.3",
  phase: "ready",
  made: true,
  sidecars: 3,
};
const running = (): SeatRecord => ({ ...made, init: self() });
const stopped: SeatRecord = { ...made, phase: "stopped" };
const dead: SeatRecord = { ...made, init: gone };

beforeEach(() => {
  lab = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-life-")));
  vi.stubEnv("ISTIO_LAB_HOME", lab);
  spec = { name: "a", folder: path.join(lab, "seats", "a"), generation: "g1", sidecars: 3, addons: ["kiali"] };
  Object.assign(world, {
    did: [],
    said: [],
    steps: [],
    fails: {},
    isAnswering: true,
    processes: { init: [], makers: [] },
    taken: [],
    shared: { shared: { programs: "/p", images: "/i" }, findings: [] },
    late: [],
    plans: [],
    onDid: () => undefined,
  });
  world.note = (what) => {
    world.did.push(what);
    world.onDid(what);
    const failing = Object.keys(world.fails).find((name) => what.startsWith(name));
    if (failing !== undefined) throw world.fails[failing]!;
  };
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(lab, { recursive: true, force: true });
});

const report = (done: number, total: number, text = "") =>
  void (total === 0 ? world.said.push(text) : world.steps.push(`${done}/${total} ${text}`));
const create = (part: Partial<SeatSpec> = {}) => createSeat({ ...spec, ...part }, report);
const recordOf = () => readRecord(layout(spec.folder).record);
const data = () => path.join(spec.folder, "var", "volumes", "data");
/** A seat with a volume of somebody's. */
function put(record: SeatRecord): void {
  fs.mkdirSync(path.dirname(data()), { recursive: true });
  fs.writeFileSync(data(), "somebody's");
  writeRecord(layout(spec.folder).record, record);
}
/** What the record says whenever one of these is done. */
function watching(...names: string[]): Record<string, SeatRecord | undefined> {
  const seen: Record<string, SeatRecord | undefined> = {};
  world.onDid = (what) => {
    const name = names.find((one) => what.startsWith(one));
    if (name !== undefined) seen[name] = recordOf();
  };
  return seen;
}

const MAKING = [
  "inotify 3",
  "lock addresses",
  "ranges",
  "shareable",
  "files",
  "make cgroups",
  "scripts",
  "boot 10.231.0.0/30",
  "unlock addresses",
  "import overlayfs into the seat",
  "services",
  "apply",
  "system",
];
const STARTING = [
  "shared",
  "kill",
  "inotify 3",
  "remove cgroups",
  "lock addresses",
  "ranges",
  "configuration",
  "make cgroups",
  "scripts",
  "boot 10.231.0.4/30",
  "unlock addresses",
  "services",
  "system since the start",
  "pods",
];
const within = (...steps: string[]) => ["machine kiali", "lock seat", ...steps, "unlock seat"];

describe("a seat that is not there", () => {
  it("is made under its lock, its range chosen under that of the addresses, in a folder that is its owner's alone", async () => {
    const seen = watching("boot", "services");
    const seat = await create();
    expect(world.did).toEqual(within(...MAKING));
    expect(seat).toEqual({
      name: "a",
      folder: spec.folder,
      generation: "g1",
      made: true,
      address: "10.231.0.2",
      addressRange: "10.231.0.0/30",
      kubeconfig: path.join(spec.folder, "kubeconfig"),
      pid: process.pid,
      kubernetesVersion: "1.36.3",
      storageClass: "standard",
    });
    expect((fs.statSync(spec.folder).mode & 0o777).toString(8)).toBe("700");
    expect(recordOf()).toEqual({
      name: "a",
      generation: "g1",
      addressRange: "10.231.0.0/30",
      kubernetesVersion: "1.36.3",
      programs: "/p",
      images: "/i",
      sidecars: 3,
      phase: "ready",
      made: true,
      init: self(),
    });
    // A run that is killed is known by its maker, and as half-made.
    expect(seen.boot).toMatchObject({ phase: "namespace", maker: self() });
    expect(seen.services).toMatchObject({ phase: "control plane", maker: self(), init: self() });
    for (const record of Object.values(seen)) expect(record).not.toHaveProperty("made");
    expect(world.plans).toEqual([
      {
        layout: layout(spec.folder),
        name: "a",
        address: "10.231.0.2",
        snapshotter: "overlayfs",
        shared: { programs: "/p", images: "/i" },
      },
    ]);
    expect(world.steps).toEqual([
      "1/5 keys and configuration",
      "2/5 namespaces, at 10.231.0.2",
      "3/5 DNS and storage applied",
      "4/5 control plane",
      "5/5 DNS and storage work",
    ]);
  });

  it("gets the range that is asked for, or a free one", async () => {
    world.taken = [{ range: parseRange("10.231.0.0/30"), by: 'the seat "b"' }];
    expect((await create()).addressRange).toBe("10.231.0.4/30");
    fs.rmSync(spec.folder, { recursive: true });
    expect((await create({ addressRange: "10.240.0.8/30" })).addressRange).toBe("10.240.0.8/30");
  });

  it("imports its images, and says so, where the store cannot be used", async () => {
    world.shared = { shared: {}, findings: ["the image store is not used"] };
    await create({ sidecars: undefined });
    expect([world.said, world.steps[0]]).toEqual([["the image store is not used"], "1/7 keys and configuration"]);
    expect(recordOf()).not.toHaveProperty("sidecars");
    expect(world.did).toContain("inotify all");
  });

  it.each(["", "A", "a_b", "../a", "a".repeat(64)])(
    "is refused by the name %j, before anything is asked",
    async (name) => {
      await expect(create({ name })).rejects.toThrow("cannot name a seat");
      expect([world.did, fs.existsSync(spec.folder)]).toEqual([[], false]);
    },
  );

  it("is not begun where this machine cannot have it", async () => {
    world.fails.machine = new Error("no room");
    await expect(create()).rejects.toThrow("no room");
    expect([world.did, fs.existsSync(spec.folder)]).toEqual([["machine kiali"], false]);
  });

  it("is not begun where its proxies would find no inotify instance", async () => {
    world.fails.inotify = new Error("raise the limit");
    await expect(create()).rejects.toThrow("raise the limit");
    expect([world.did.slice(2), fs.existsSync(spec.folder)]).toEqual([["inotify 3", "unlock seat"], false]);
  });

  it("leaves no folder where it fails before anything is in it", async () => {
    world.taken = [{ range: parseRange("10.240.0.8/30"), by: "the route x" }];
    await expect(create({ addressRange: "10.240.0.8/30" })).rejects.toThrow(
      /^The address range 10\.240\.0\.8\/30 overlaps the route x\.[^\n]*$/,
    );
    expect(fs.existsSync(spec.folder)).toBe(false);
    expect(world.did.slice(-4)).toEqual(["unlock addresses", "kill", "remove cgroups", "unlock seat"]);
  });

  it.each(["files", "boot", "import", "services", "apply", "system"])(
    "that fails at its %s is ended, and keeps its record and its logs",
    async (at) => {
      world.fails[at] = new Error("it broke");
      await expect(create()).rejects.toThrow(`it broke\nThe logs are in ${path.join(spec.folder, "logs")}.`);
      expect(world.did.slice(-3)).toEqual(["kill", "remove cgroups", "unlock seat"]);
      expect(recordOf()).toMatchObject({ generation: "g1", maker: self() });
      expect(recordOf()).not.toHaveProperty("made");
    },
  );

  it.each<[string, Error]>([
    ["its code", Object.assign(new Error("write failed"), { code: "ENOSPC" })],
    ["a program's words", new Error("mkdir: No space left on device")],
  ])("that fails for want of room says so, by %s", async (_, error) => {
    world.fails.services = error;
    await expect(create()).rejects.toThrow(
      `${error.message} The disk of ${spec.folder} is full. Make room, or set ISTIO_LAB_HOME to a folder on another disk.`,
    );
  });
});

describe("what is left of a seat", () => {
  const REMOVED = ["remove everything", ...MAKING];

  it.each<[string, () => void, string, string[]]>([
    ["an empty folder", () => fs.mkdirSync(spec.folder, { recursive: true }), "a half-made seat", REMOVED],
    [
      "a record of one that was never made",
      () => put({ ...made, made: undefined, phase: "control plane", generation: "g0" }),
      "a half-made seat (it had reached: control plane)",
      REMOVED,
    ],
    ["one whose processes were killed", () => put(dead), "a dead seat (its processes were killed)", REMOVED],
    [
      "a first process without a folder",
      () => void (world.processes.init = [gone]),
      "a seat whose folder was removed while it ran",
      REMOVED,
    ],
    [
      "a maker without a folder",
      () => void (world.processes.makers = [gone]),
      "a seat whose folder was removed while it ran",
      REMOVED,
    ],
  ])("%s is cleared away first, and it is said", async (_, leave, found, did) => {
    leave();
    await create();
    expect(world.said).toEqual([`found ${found}: it is recreated`]);
    expect(world.did).toEqual(within(...did));
    expect(recordOf()).toMatchObject({ generation: "g1", made: true });
  });

  it("that nobody can say whose it is stays", async () => {
    fs.mkdirSync(path.dirname(data()), { recursive: true });
    fs.writeFileSync(data(), "somebody's");
    await expect(create()).rejects.toThrow("has no seat.json, but it holds var");
    expect([world.did, fs.existsSync(data())]).toEqual([within(), true]);
  });
});

describe("a seat that is there", () => {
  it("and works is left as it is, but for the images that were built since; its folder is closed to others", async () => {
    put(running());
    fs.chmodSync(spec.folder, 0o755);
    expect(await create()).toMatchObject({ generation: "g1", addressRange: "10.231.0.4/30", pid: process.pid });
    expect(world.did).toEqual(within("ask 10.231.0.6", "complete kiali"));
    expect([(fs.statSync(spec.folder).mode & 0o777).toString(8), fs.existsSync(data()), recordOf()]).toEqual([
      "700",
      true,
      running(),
    ]);
  });

  it("and does not answer is ended and started with its data", async () => {
    put(running());
    world.isAnswering = false;
    // Its first process ends by that.
    world.onDid = (what) =>
      void (what === "kill" && recordOf()!.init?.start !== gone.start && writeRecord(layout(spec.folder).record, dead));
    await create();
    expect(world.said).toEqual(["found a seat whose apiserver does not answer: it is restarted and keeps its data"]);
    expect(world.did).toEqual(within("ask 10.231.0.6", "shared", "kill", ...STARTING));
    expect(fs.existsSync(data())).toBe(true);
  });

  it("and is stopped is started with its data", async () => {
    put(stopped);
    expect(await create({ addressRange: stopped.addressRange })).toMatchObject({
      generation: "g1",
      addressRange: "10.231.0.4/30",
    });
    expect(world.said).toEqual(["found a stopped seat: it is started"]);
    expect(world.did).toEqual(within("shared", ...STARTING));
    expect(fs.existsSync(data())).toBe(true);
  });

  it("stays as it is where what it stands on is gone", async () => {
    world.fails.shared = new Error("the image store is not there any more");
    for (const record of [running(), stopped]) {
      put(record);
      world.did = [];
      world.isAnswering = false;
      await expect(create()).rejects.toThrow("not there any more");
      expect([world.did.at(-2), recordOf(), fs.existsSync(data())]).toEqual(["shared", record, true]);
    }
  });

  it.each<[string, () => SeatRecord]>([
    ["that runs", running],
    ["that is stopped", () => stopped],
    ["that is dead", () => dead],
  ])("%s and is of another generation is somebody's work: nothing of it is touched", async (_, record) => {
    put(record());
    await expect(create({ generation: "g2" })).rejects.toThrow(
      /holds a seat of another generation \(g1\), which this stack did not make\. Nothing has been changed\..*status --seat a` shows the seat.*npm run up -- --stack a-2`/,
    );
    expect(world.did.filter((what) => !/^(machine|lock|unlock|ask)/.test(what))).toEqual([]);
    expect([recordOf(), fs.existsSync(data())]).toEqual([record(), true]);
  });

  it.each<[string, () => SeatRecord, boolean]>([
    ["that runs", running, true],
    ["that is stopped", () => stopped, true],
    ["that does not answer", running, false],
  ])("%s gets no other address range", async (_, record, isAnswering) => {
    put(record());
    world.isAnswering = isAnswering;
    await expect(create({ addressRange: "10.240.0.0/30" })).rejects.toThrow(
      'The seat "a" has the address range 10.231.0.4/30; only a new seat can have 10.240.0.0/30. Nothing has been changed',
    );
    expect(world.did.filter((what) => !/^(machine|lock|unlock|ask)/.test(what))).toEqual([]);
    expect([recordOf(), fs.existsSync(data())]).toEqual([record(), true]);
  });
});

describe("startSeat", () => {
  const start = () => startSeat(spec.folder, report);
  const started = (...steps: string[]) => ["lock seat", ...steps, "unlock seat"];

  it.each<[string, SeatRecord | undefined, RegExp]>([
    ["where there is none", undefined, /^\S+\/seats\/a has no seat\. `npm run embedded -- list` shows/],
    [
      "of one that was never made to its end",
      { ...made, made: undefined },
      /was never completed\. `npm run up -- --stack a` recreates it\./,
    ],
  ])("%s does nothing", async (_, record, message) => {
    if (record) put(record);
    await expect(start()).rejects.toThrow(message);
    expect(world.did).toEqual(started());
  });

  it("of one that runs does nothing", async () => {
    put(running());
    expect(await start()).toMatchObject({ pid: process.pid, addressRange: "10.231.0.4/30" });
    expect([world.did, recordOf()]).toEqual([started(), running()]);
  });

  it.each<[string, SeatRecord]>([
    ["is stopped", stopped],
    ["was killed", dead],
  ])("of one that %s brings it up at its own address, and it is ready only when it is", async (_, record) => {
    put(record);
    const seen = watching("boot", "pods");
    expect(await start()).toMatchObject({ address: "10.231.0.6", pid: process.pid });
    expect(world.did).toEqual(started(...STARTING));
    for (const at of Object.values(seen)) expect(at).toMatchObject({ phase: "namespace", maker: self(), made: true });
    expect(recordOf()).toEqual({ ...made, phase: "ready", init: self() });
    expect(world.steps).toEqual([
      "1/4 namespaces, at 10.231.0.6",
      "2/4 control plane",
      "3/4 DNS and storage work",
      "4/4 all pods are ready again",
    ]);
    expect(fs.existsSync(data())).toBe(true);
  });

  it("names each pod that is not ready again", async () => {
    put(stopped);
    world.late = ["pod default/a", "pod blog/b"];
    await start();
    expect(world.steps.at(-1)).toBe("4/4 not ready again yet: pod default/a, pod blog/b");
  });

  it("ends what came up of one that fails, and keeps its data", async () => {
    put(stopped);
    world.fails.services = new Error("etcd ended");
    await expect(start()).rejects.toThrow("etcd ended");
    expect(world.did.slice(-4)).toEqual(["services", "kill", "remove cgroups", "unlock seat"]);
    expect([recordOf()?.made, fs.existsSync(data())]).toEqual([true, true]);
  });

  it("starts nothing at an address that somebody else has by now", async () => {
    put(stopped);
    world.taken = [{ range: parseRange("10.231.0.0/16"), by: "the interface tun0" }];
    await expect(start()).rejects.toThrow("The address range 10.231.0.4/30 overlaps the interface tun0.");
    expect(world.did.filter((what) => /^(boot|configuration)/.test(what))).toEqual([]);
  });
});

describe("stopSeat", () => {
  const stop = () => stopSeat(spec.folder, report);

  it.each<[string, SeatRecord | undefined, RegExp]>([
    ["where there is none", undefined, /^\S+\/seats\/a has no seat\. `npm run embedded -- list` shows/],
    [
      "of one that was never made to its end",
      { ...made, made: undefined },
      /there is nothing to keep\. Delete it, or make it with `npm run up -- --stack a`\./,
    ],
  ])("%s does nothing", async (_, record, message) => {
    if (record) put(record);
    await expect(stop()).rejects.toThrow(message);
    expect([world.did, recordOf()]).toEqual([
      ["lock seat", "unlock seat"],
      record && JSON.parse(JSON.stringify(record)),
    ]);
  });

  it("says first that it is stopped, then ends its services, its processes and its control groups, and keeps its data", async () => {
    put(running());
    const seen = watching("stop services", "kill");
    await stop();
    expect(world.did).toEqual(["lock seat", "stop services", "kill", "remove cgroups 1", "unlock seat"]);
    expect([seen["stop services"]?.phase, recordOf()?.phase, fs.existsSync(data())]).toEqual([
      "stopped",
      "stopped",
      true,
    ]);
  });

  it.each<[string, SeatRecord]>([
    ["is stopped", stopped],
    ["was killed", dead],
  ])("of one that %s asks no service, and clears what is left", async (_, record) => {
    put(record);
    await stop();
    expect(world.did).toEqual(["lock seat", "kill", "remove cgroups 1", "unlock seat"]);
    expect(recordOf()?.phase).toBe("stopped");
  });
});
