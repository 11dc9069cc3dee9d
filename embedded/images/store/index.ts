import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { isThere, namesIn } from "../../../base/files";
import { cacheRoot } from "../../../base/paths";
import { binary } from "../../toolchain";

/** Part of every key. Raise it when a store lays out the same images differently. */
const FORMAT = 1;

/** An image and its OCI archive. The archive's path changes with its content. */
export interface ImageArchive {
  name: string;
  archive: string;
}

/**
 * The images of all seats, unpacked once by containerd from the archives. A seat copies the small part, and sees the
 * layers read-only. Nothing removes a store, because a seat of any checkout may use it.
 */
export interface ImageStore {
  /** `<cache>/store/<key>`. Exists only when it is complete. */
  folder: string;
  /**
   * Contains a folder for each layer, named after the layer's archive. If the store is made again, the names stay the
   * same.
   */
  layers: string;
  /** Contains what a seat copies: containerd's databases, manifests and configurations. */
  containerd: string;
}

/** The parts of the store in `folder`. */
export function storeIn(folder: string): ImageStore {
  return { folder, layers: path.join(folder, "layers"), containerd: path.join(folder, "containerd") };
}

/**
 * The store for exactly these images, and where it is or will be. Other archives or another containerd give another
 * store.
 *
 * @throws when containerd is not installed
 */
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
 * A store that has these images: their own store, or an existing one that has more images. So stacks with different
 * addons share a store if possible.
 *
 * @throws when containerd is not installed
 */
export function storeWith(images: readonly ImageArchive[]): ImageStore {
  const own = storeOf(images);
  if (isMade(own)) return own;
  return madeStores().find((store) => hasAll(store, images) && storeOf(imagesIn(store)).folder === store.folder) ?? own;
}

/** Whether an existing store has all these images, from exactly these archives. */
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

/**
 * The images that the store's record lists, with their archives in the current cache. Empty for a store of an earlier
 * version, which has no list.
 */
export function imagesIn(store: ImageStore): ImageArchive[] {
  return (recordOf(store)?.images ?? []).map(([name, archive]) => ({ name, archive: path.join(cacheRoot(), archive) }));
}

/** The store's record. Undefined if it cannot be read: new seats do not use such a store. */
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

/** A store's record of its content. */
export interface StoreRecord {
  /** The folder of each layer, by the ID that containerd's snapshotter has for it. */
  layers: Record<string, string>;
  /** Its images in order, each with its archive's path in the cache. Missing in a store of an earlier version. */
  images?: [name: string, archive: string][];
}

/** @throws if the store has no record */
export function readStore({ folder }: ImageStore): StoreRecord {
  return JSON.parse(fs.readFileSync(path.join(folder, "store.json"), "utf8")) as StoreRecord;
}

export function writeStore({ folder }: ImageStore, record: StoreRecord): void {
  fs.writeFileSync(path.join(folder, "store.json"), `${JSON.stringify(record, null, 2)}\n`);
}

/** Images in the form that a store's key and its record use. */
export function inCache(images: readonly ImageArchive[]): [name: string, archive: string][] {
  return images.map(({ name, archive }) => [name, path.relative(cacheRoot(), archive)]);
}
