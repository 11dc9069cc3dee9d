import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { isMade, storeIn, storeOf, storeWith, writeStore } from "../../../embedded/images/store";
import { layersOf, makeStore } from "../../../embedded/images/store/make";
import { layout } from "../../../embedded/node/layout";
import { standOn } from "../../../embedded/node/import-images";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "store-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));
const images = [
  { name: "pause", archive: "/cache/images/aaaa/pause.tar" },
  { name: "v1", archive: "/cache/images/bbbb/v1.tar" },
  { name: "v2", archive: "/cache/images/cccc/v2.tar" },
];

describe("a layer of the image store", () => {
  it("is named after the archive that brought it, and not after the number that containerd gave it", () => {
    expect(layersOf(images, [["1"], ["7"], []])).toEqual({ 1: "aaaa", 7: "bbbb" });
  });

  it("is the only one of its image", () => {
    expect(() => layersOf(images, [["1"], ["2", "3"], ["4"]])).toThrow(
      "The image v1 has 2 layers of its own; the image store takes one.",
    );
  });
});

it("a seat gets a copy of what containerd writes to, and links to the layers: no file of the store under a second name", () => {
  const store = storeIn(path.join(folder, "a"));
  const database = path.join(store.containerd, "io.containerd.metadata.v1.bolt/meta.db");
  for (const part of [path.dirname(database), path.join(store.containerd, "io.containerd.snapshotter.v1.overlayfs")])
    fs.mkdirSync(part, { recursive: true });
  fs.writeFileSync(database, "bolt");
  writeStore(store, { layers: { 1: "aaaa", 7: "bbbb" } });
  const seat = layout(path.join(folder, "seat"));
  standOn(store.folder, seat, images);
  const root = path.join(seat.var, "lib/containerd");
  fs.writeFileSync(path.join(root, "io.containerd.metadata.v1.bolt/meta.db"), "written by the seat");
  expect(fs.readFileSync(database, "utf8")).toBe("bolt");
  const snapshots = path.join(root, "io.containerd.snapshotter.v1.overlayfs/snapshots");
  expect(
    Object.fromEntries(fs.readdirSync(snapshots).map((id) => [id, fs.readlinkSync(path.join(snapshots, id))])),
  ).toEqual({ 1: "/images/layers/aaaa", 7: "/images/layers/bbbb" });
  expect(JSON.parse(fs.readFileSync(path.join(seat.var, "lib/imported.json"), "utf8"))).toEqual({
    pause: images[0]!.archive,
    v1: images[1]!.archive,
    v2: images[2]!.archive,
  });
});

describe("the store of a seat with few addons", () => {
  const cache = path.join(folder, "shared");
  const [pause, v1, v2] = images.map(({ name, archive }) => ({ name, archive: archive.replace("/cache", cache) }));
  const made = (all: typeof images) => {
    const store = storeOf(all);
    fs.mkdirSync(store.folder, { recursive: true });
    writeStore(store, { layers: {}, images: all.map(({ name, archive }) => [name, path.relative(cache, archive)]) });
    return store;
  };
  const begin = () => {
    vi.stubEnv("ISTIO_LAB_CACHE", cache);
    fs.rmSync(path.join(cache, "store"), { recursive: true, force: true });
  };
  afterEach(() => vi.unstubAllEnvs());

  it("is its own, where no other has all of its images", () => {
    begin();
    made([pause!, v2!]);
    const store = storeWith([pause!, v1!]);
    expect([store.folder, isMade(store)]).toEqual([storeOf([pause!, v1!]).folder, false]);
  });

  it("is one that is made already and has more beside them, from the very same archives", () => {
    begin();
    const more = made([pause!, v1!, v2!]);
    expect(storeWith([pause!, v1!])).toEqual(more);
    const rebuilt = { ...v1!, archive: v1!.archive.replace("bbbb", "dddd") };
    expect(storeWith([pause!, rebuilt])).toEqual(storeOf([pause!, rebuilt]));
    const own = made([pause!, v1!]);
    expect(storeWith([pause!, v1!])).toEqual(own);
  });

  it("is never one that does not say what it has, that says it of others than its own, or whose record cannot be read", () => {
    begin();
    const [silent, broken] = ["0".repeat(16), "1".repeat(16)].map((key) => storeIn(path.join(cache, "store", key)));
    for (const { folder } of [silent!, broken!]) fs.mkdirSync(folder, { recursive: true });
    writeStore(silent!, { layers: {} });
    fs.writeFileSync(path.join(broken!.folder, "store.json"), "");
    const lying = storeIn(path.join(cache, "store", "2".repeat(16)));
    fs.mkdirSync(lying.folder);
    writeStore(lying, {
      layers: {},
      images: [
        ["pause", "images/aaaa/pause.tar"],
        ["v1", "images/bbbb/v1.tar"],
      ],
    });
    expect(storeWith([pause!])).toEqual(storeOf([pause!]));
  });

  it("gives a seat that stands on it the note of all that it has, so that an addon of later finds its image there", () => {
    begin();
    const store = made([pause!, v1!, v2!]);
    fs.mkdirSync(path.join(store.containerd, "io.containerd.snapshotter.v1.overlayfs"), { recursive: true });
    const seat = layout(path.join(folder, "seat-on-more"));
    standOn(store.folder, seat, [pause!]);
    expect(JSON.parse(fs.readFileSync(path.join(seat.var, "lib/imported.json"), "utf8"))).toEqual({
      pause: pause!.archive,
      v1: v1!.archive,
      v2: v2!.archive,
    });
  });
});

it("a store that the disk has no room for is refused before anything is unpacked, and nothing of it counts", async () => {
  const archive = path.join(folder, "cccc", "huge.tar");
  fs.mkdirSync(path.dirname(archive));
  fs.closeSync(fs.openSync(archive, "w"));
  fs.truncateSync(archive, 2 ** 43); // a hole, as large as no disk is
  const store = storeIn(path.join(folder, "cache/store/0123456789abcdef"));
  const made = makeStore(store, [{ name: "huge", archive }], () => {}, new AbortController().signal);
  await expect(made).rejects.toThrow(
    /^The disk of .* has [\d.]+ GiB left, and unpacking the images for all seats takes 16384\.0 GiB\. Make room, or set ISTIO_LAB_CACHE to a folder on another disk\.$/,
  );
  expect(fs.existsSync(path.dirname(store.folder))).toBe(false);
});
