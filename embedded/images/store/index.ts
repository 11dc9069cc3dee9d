import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { isThere, namesIn } from "../../../base/files";
import { cacheRoot } from "../../../base/paths";
import { binary } from "../../toolchain";

/** Part of every key: raise it when the same images lie in a store otherwise. */
const FORMAT = 1;

/** An image and the OCI archive that holds it, whose path changes with its content. */
export interface ImageArchive {
  name: string;
  archive: string;
}

/**
 * The images of all seats, unpacked once: what containerd makes of the archives. A seat copies the small part, and sees the layers read-only.
 * Nothing removes a store: a seat of any checkout may stand on it.
 */
export interface ImageStore {
  /** `<cache>/store/<key>`; there only when it is whole. */
  folder: string;
  /** In it, a folder for each layer, named after the archive it came from. A store that is made again has the same ones. */
  layers: string;
  /** In it, what a seat gets a copy of: containerd's databases, manifests and configurations. */
  containerd: string;
}

/** The parts of the store in `folder`. */
export function storeIn(folder: string): ImageStore {
  return { folder, layers: path.join(folder, "layers"), containerd: path.join(folder, "containerd") };
}

/** The store of these images, and where it is or will be: another one for other archives, or for another containerd. @throws when containerd is not installed */
export function storeOf(images: readonly ImageArchive[]): ImageStore {
  const { size, mtimeMs } = fs.statSync(binary("containerd"));
  const archives = inCache(images);
  const key = createHash("sha256")
    .update(JSON.stringify([FORMAT, archives, size, mtimeMs]))
    .digest("hex")
    .slice(0, 16);
  return storeIn(path.join(cacheRoot(), "store", key));
}

/**
 * A store that has these images: their own, or one that is made already and has others beside them. So stacks with different addons share one where they can.
 *
 * @throws when containerd is not installed
 */
export function storeWith(images: readonly ImageArchive[]): ImageStore {
  const own = storeOf(images);
  if (isMade(own)) return own;
  return madeStores().find((store) => hasAll(store, images) && storeOf(imagesIn(store)).folder === store.folder) ?? own;
}

/** Whether a store that is made has all of these, from these very archives. */
function hasAll(store: ImageStore, images: readonly ImageArchive[]): boolean {
  const there = new Map(imagesIn(store).map(({ name, archive }) => [name, archive]));
  return images.every(({ name, archive }) => there.get(name) === archive);
}

function madeStores(): ImageStore[] {
  const all = path.join(cacheRoot(), "store");
  return namesIn(all)
    .filter((name) => /^[0-9a-f]{16}$/.test(name))
    .sort()
    .map((name) => storeIn(path.join(all, name)));
}

/** The images that a store says to have, by their archives in the cache of now. None of one of an earlier version, which does not say. */
export function imagesIn(store: ImageStore): ImageArchive[] {
  return (recordOf(store)?.images ?? []).map(([name, archive]) => ({ name, archive: path.join(cacheRoot(), archive) }));
}

/** Undefined where none can be read: such a store serves nobody new. */
function recordOf(store: ImageStore): StoreRecord | undefined {
  try {
    return readStore(store);
  } catch {
    return undefined;
  }
}

export function isMade({ folder }: ImageStore): boolean {
  return isThere(folder);
}

/** What a store says of itself. */
export interface StoreRecord {
  /** By the number that containerd's snapshotter has for it, the layer's folder. */
  layers: Record<string, string>;
  /** Its images in their order, each with its archive's path in the cache. Not in a store of an earlier version. */
  images?: [name: string, archive: string][];
}

/** @throws where the store has no record */
export function readStore({ folder }: ImageStore): StoreRecord {
  return JSON.parse(fs.readFileSync(path.join(folder, "store.json"), "utf8")) as StoreRecord;
}

export function writeStore({ folder }: ImageStore, record: StoreRecord): void {
  fs.writeFileSync(path.join(folder, "store.json"), `${JSON.stringify(record, null, 2)}\n`);
}

/** Images as a store's key and its record name them. */
export function inCache(images: readonly ImageArchive[]): [name: string, archive: string][] {
  return images.map(({ name, archive }) => [name, path.relative(cacheRoot(), archive)]);
}
