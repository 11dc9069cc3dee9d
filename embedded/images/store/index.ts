import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { isThere } from "../../../base/files";
import { cacheRoot } from "../../paths";
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
  const archives = images.map(({ name, archive }) => [name, path.relative(cacheRoot(), archive)]);
  const key = createHash("sha256").update(JSON.stringify([FORMAT, archives, size, mtimeMs])).digest("hex").slice(0, 16);
  return storeIn(path.join(cacheRoot(), "store", key));
}

export function isMade({ folder }: ImageStore): boolean {
  return isThere(folder);
}

/** What a store says of itself. */
export interface StoreRecord {
  /** By the number that containerd's snapshotter has for it, the layer's folder. */
  layers: Record<string, string>;
}

/** @throws where the store has no record */
export function readStore({ folder }: ImageStore): StoreRecord {
  return JSON.parse(fs.readFileSync(path.join(folder, "store.json"), "utf8")) as StoreRecord;
}

export function writeStore({ folder }: ImageStore, record: StoreRecord): void {
  fs.writeFileSync(path.join(folder, "store.json"), `${JSON.stringify(record, null, 2)}\n`);
}
