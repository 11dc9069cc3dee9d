import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { importedIn, importImages, standOn, writeJournal } from "../../../embedded/node/import-images";
import { complete, lacksImages } from "../../../embedded/node/images-of-addons";
import { layout, type Layout } from "../../../embedded/node/layout";
import { Progress } from "../../../embedded/node/progress";
import { shareable } from "../../../embedded/node/shared";

/** What was run in the seat and beside it; what is built. */
const { world } = vi.hoisted(() => ({
  world: {
    inside: [] as string[][],
    ran: [] as string[][],
    said: "",
    refuses: (_: readonly string[]): Error | undefined => undefined,
    init: [] as object[],
    archives: {} as Record<string, string>,
    isBuilt: true,
    store: "",
    slept: 0,
  },
}));
// No test waits: what sleeps goes on at once.
vi.mock("node:timers/promises", () => ({
  setTimeout: async (milliseconds: number) => void (world.slept += milliseconds),
}));
vi.mock("../../../embedded/node/enter", () => ({
  runInside: async (init: object, command: string[], input?: number) => {
    world.inside.push([...command.slice(5), ...(input === undefined ? [] : [fs.readFileSync(input, "utf8")])]);
    expect([init, command.slice(0, 5)]).toEqual([
      { pid: 7, start: "1" },
      ["ctr", "--address", "/run/containerd/containerd.sock", "--namespace", "k8s.io"],
    ]);
    const error = world.refuses(command);
    if (error !== undefined) throw error;
    return "";
  },
}));
vi.mock("../../../embedded/node/run", () => ({
  run: async (program: string, args: string[]) => (world.ran.push([program, ...args]), world.said),
}));
vi.mock("../../../embedded/node/processes", () => ({ findSeatProcesses: () => ({ init: world.init, makers: [] }) }));
vi.mock("../../../embedded/node/machine", () => ({
  requirePrograms: (addons: string[]) => void world.ran.push(["programs", ...addons]),
}));
vi.mock("../../../embedded/node/node-files", () => ({ snapshotterFor: () => "overlayfs" }));
vi.mock("../../../embedded/node/seat-lock", () => ({
  withSeat: async (_: string, __: unknown, work: () => Promise<unknown>) => (world.ran.push(["lock"]), work()),
}));
vi.mock("../../../embedded/images", () => ({
  images: (addons: string[]) => {
    if (!world.isBuilt) throw new Error("coredns is not built yet");
    return ["base", ...addons].map((name) => ({ name, archive: world.archives[name] ?? `/archives/${name}` }));
  },
}));
vi.mock("../../../embedded/images/recipes", () => ({
  recipesFor: (addons: string[]) => [{ name: "base" }, ...addons.map((addon) => ({ name: addon, addon }))],
  addonsOf: (all: { name: string }[]) => all.map(({ name }) => name).filter((name) => name !== "base"),
}));
vi.mock("../../../embedded/toolchain", () => ({
  binary: (name: string) => `/cache/toolchain/mesh-0123456789abcdef/bin/${name}`,
}));
vi.mock("../../../embedded/images/store", async (original) => ({
  ...(await original<typeof import("../../../embedded/images/store")>()),
  storeWith: () => ({ folder: world.store }),
}));

let folder: string;
let at: Layout;
const init = { pid: 7, start: "1" };
const images = ["one", "two", "three"].map((name) => ({ name, archive: "" }));
let steps: string[];
const progress = () => new Progress((done, total, note) => void steps.push(`${done}/${total} ${note}`), 3);

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-images-"));
  vi.stubEnv("ISTIO_LAB_CACHE", path.join(folder, "cache"));
  at = layout(path.join(folder, "seat"));
  fs.mkdirSync(path.join(at.var, "lib"), { recursive: true });
  for (const image of images)
    fs.writeFileSync((image.archive = path.join(folder, `${image.name}.tar`)), `${image.name}'s layers`);
  steps = [];
  Object.assign(world, {
    inside: [],
    ran: [],
    said: "",
    refuses: () => undefined,
    init: [init],
    archives: {},
    isBuilt: true,
    store: path.join(folder, "store"),
    slept: 0,
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(folder, { recursive: true });
});

const IMPORT = (name: string) => ["images", "import", "--snapshotter", "overlayfs", "-", `${name}'s layers`];
const journal = () => Object.fromEntries(images.map(({ name, archive }) => [name, archive]));

describe("a seat's containerd imports", () => {
  const imported = () => importImages(at, init, "overlayfs", images, progress());

  it("each archive, once it answers, and notes each", async () => {
    await imported();
    expect(world.inside).toEqual([["images", "ls", "-q"], ...["one", "two", "three"].map(IMPORT)]);
    expect([importedIn(at.var), steps]).toEqual([journal(), ["1/3 one", "2/3 two", "3/3 three"]]);
  });

  it("only what it does not have, or has of another archive", async () => {
    writeJournal(at.var, [images[0]!, { name: "two", archive: "/of/before" }]);
    await imported();
    expect(world.inside.slice(1)).toEqual(["two", "three"].map(IMPORT));
    expect(importedIn(at.var)).toEqual(journal());
  });

  it("nothing, and is asked nothing, where it has all", async () => {
    writeJournal(at.var, images);
    await imported();
    expect(world.inside).toEqual([]);
  });

  it("no further where one fails, which is named; those that it has are noted", async () => {
    world.refuses = (command) =>
      command.includes("import") && world.inside.length === 3 ? new Error("no space left on device") : undefined;
    await expect(imported()).rejects.toThrow("The image two could not be imported: no space left on device");
    expect(importedIn(at.var)).toMatchObject({ one: images[0]!.archive });
    expect(importedIn(at.var)).not.toHaveProperty("two");
  });

  it("when it comes to answer, within ten seconds", async () => {
    world.refuses = (command) =>
      command.includes("ls") && world.inside.length < 3 ? new Error("connection refused") : undefined;
    await imported();
    expect(world.inside.slice(0, 4)).toEqual([
      ["images", "ls", "-q"],
      ["images", "ls", "-q"],
      ["images", "ls", "-q"],
      IMPORT("one"),
    ]);
    fs.rmSync(path.join(at.var, "lib", "imported.json"));
    Object.assign(world, { inside: [], slept: 0, refuses: () => new Error("connection refused") });
    await expect(imported()).rejects.toThrow("containerd does not answer: connection refused");
    expect([world.inside.length, world.slept]).toEqual([101, 10_000]);
  });
});

describe("a seat lacks images", () => {
  const has = (...names: string[]) =>
    writeJournal(
      at.var,
      names.map((name) => ({ name, archive: `/archives/${name}` })),
    );
  const lacks = (addons: string[], added: string[] = []) => lacksImages(at.folder, addons as never, added as never);

  it("where it has none of a name that its addons need", () => {
    expect(lacks([])).toBe(true);
    has("base", "kiali");
    expect([lacks([]), lacks(["kiali"]), lacks(["kiali", "jaeger"])]).toEqual([false, false, true]);
  });

  it("where an added addon's was built since; what it has had before stays", () => {
    has("base", "kiali", "jaeger");
    world.archives = { base: "/archives/base-2", kiali: "/archives/kiali-2" };
    expect([
      lacks(["kiali", "jaeger"]),
      lacks(["kiali", "jaeger"], ["jaeger"]),
      lacks(["kiali", "jaeger"], ["kiali"]),
    ]).toEqual([false, false, true]);
    world.isBuilt = false;
    expect(lacks(["kiali", "jaeger"], ["kiali"])).toBe(false);
  });

  it("and is brought them under its lock, once the programs are there", async () => {
    world.archives = { base: images[0]!.archive, kiali: images[1]!.archive };
    await complete(at.folder, ["kiali"], (done, total, note) => void steps.push(`${done}/${total} ${note}`));
    expect(world.ran).toEqual([["programs", "kiali"], ["lock"]]);
    expect([importedIn(at.var), steps]).toEqual([world.archives, ["1/2 base", "2/2 kiali"]]);
  });

  it("and is brought none where its first process is not found, with the command that ends it in order", async () => {
    world.init = [];
    await expect(complete(at.folder, [], () => undefined)).rejects.toThrow(
      `The first process of the seat in ${at.folder} was not found. \`npm run embedded -- stop --seat seat\` ends it in order.`,
    );
    expect(world.inside).toEqual([]);
  });
});

/** A store whose record names these images. */
function putStore(record: object): void {
  fs.mkdirSync(path.join(world.store, "containerd", "io.containerd.snapshotter.v1.overlayfs"), { recursive: true });
  fs.writeFileSync(path.join(world.store, "containerd", "meta.db"), "database");
  fs.writeFileSync(path.join(world.store, "store.json"), JSON.stringify(record));
}

describe("a seat that stands on the image store", () => {
  it("has its own copy of the databases, links to the layers as it sees them, and notes the images that the store says to have", () => {
    putStore({ layers: { 1: "sha-one", 2: "sha-two" }, images: [["base", "images/base.tar"]] });
    standOn(world.store, at, images);
    const root = path.join(at.var, "lib/containerd");
    fs.writeFileSync(path.join(root, "meta.db"), "the seat's");
    expect(fs.readFileSync(path.join(world.store, "containerd", "meta.db"), "utf8")).toBe("database");
    const snapshots = path.join(root, "io.containerd.snapshotter.v1.overlayfs/snapshots");
    expect((fs.statSync(snapshots).mode & 0o777).toString(8)).toBe("700");
    expect(
      Object.fromEntries(fs.readdirSync(snapshots).map((id) => [id, fs.readlinkSync(path.join(snapshots, id))])),
    ).toEqual({ 1: "/images/layers/sha-one", 2: "/images/layers/sha-two" });
    expect(importedIn(at.var)).toEqual({ base: path.join(folder, "cache", "images/base.tar") });
  });

  it("notes those that it was to have where the store of an earlier version does not say", () => {
    putStore({ layers: {} });
    standOn(world.store, at, images);
    expect(importedIn(at.var)).toEqual(journal());
  });
});

describe("what a new seat can use of the cache", () => {
  const shared = (snapshotter = "overlayfs") =>
    shareable(at, snapshotter, [{ name: "kiali", archive: "/archives/kiali" }]);
  const programs = "/cache/toolchain/mesh-0123456789abcdef/bin";

  it("is the programs and the store, with the addons that the store says to have; the kernel is tried, in a namespace of its own", async () => {
    putStore({
      layers: {},
      images: [
        ["base", "b"],
        ["jaeger", "j"],
      ],
    });
    world.said = "programs\nimages\n";
    expect(await shared()).toEqual({ shared: { programs, images: world.store, addons: ["jaeger"] }, findings: [] });
    expect(world.ran).toEqual([
      [
        "unshare",
        "--mount",
        "--propagation",
        "private",
        "sh",
        "-c",
        expect.any(String),
        "sh",
        at.folder,
        programs,
        world.store,
      ],
    ]);
  });

  it("has the addons of its own images where the store does not say", async () => {
    putStore({ layers: {} });
    world.said = "programs\nimages\n";
    expect((await shared()).shared).toMatchObject({ addons: ["kiali"] });
  });

  it("is not the store where there is none, and how it is made is said", async () => {
    world.said = "programs\n";
    const { shared: found, findings } = await shared();
    expect(found).toEqual({ programs });
    expect(findings).toEqual([
      "the image store is not used: it is missing, and `npm run embedded -- build` makes it. The images are imported, which takes longer",
    ]);
    expect(world.ran[0]!.at(-1)).toBe("");
  });

  it.each([
    [
      "the seat's file system takes no overlay",
      "native",
      "programs\nimages\n",
      () => `the file system of ${at.folder} cannot be overlaid`,
    ],
    [
      "the kernel takes no container's overlay of it",
      "overlayfs",
      "programs\n",
      () => `this kernel cannot overlay a container on ${world.store}`,
    ],
  ])("is not the store where %s", async (_, snapshotter, said, why) => {
    putStore({ layers: {} });
    world.said = said;
    expect(await shared(snapshotter)).toEqual({
      shared: { programs },
      findings: [`the image store is not used: ${why()}. The images are imported, which takes longer`],
    });
  });

  it("is not the programs where the kernel takes no overlay of them: they are copied, and that is said", async () => {
    putStore({ layers: {} });
    world.said = "images\n";
    expect(await shared()).toEqual({
      shared: { images: world.store, addons: ["kiali"] },
      findings: [`this kernel cannot overlay ${programs}: the programs are copied`],
    });
  });
});
