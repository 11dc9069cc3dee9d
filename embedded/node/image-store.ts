import * as fs from "node:fs";
import * as path from "node:path";
import { imagesIn, readStore, storeIn, type ImageArchive } from "../images/store";
import { SNAPSHOTTER } from "../images/store/import";
import { writeJournal } from "./import-images";
import type { Layout } from "./layout";
import { IMAGE_STORE } from "./plan";

/**
 * Gives the seat's containerd the images of the store: its own copy of what it writes to, and links to the layers as the seat will see them.
 *
 * @param images what the store has where it does not say so itself
 */
export function standOn(folder: string, { var: variable }: Layout, images: readonly ImageArchive[]): void {
  const store = storeIn(folder);
  const root = path.join(variable, "lib/containerd");
  fs.cpSync(store.containerd, root, { recursive: true });
  const snapshots = path.join(root, SNAPSHOTTER, "snapshots");
  fs.mkdirSync(snapshots, { mode: 0o700 });
  for (const [id, layer] of Object.entries(readStore(store).layers)) fs.symlinkSync(path.join(IMAGE_STORE, "layers", layer), path.join(snapshots, id));
  const there = imagesIn(store);
  writeJournal(variable, there.length > 0 ? there : images);
}
