import * as fs from "node:fs";
import * as path from "node:path";
import { gibibytes, roomFor } from "../../../base/room";
import type { ReportProgress } from "../../../base/step";
import { makeWhole } from "../../toolchain/place";
import { inCache, storeIn, writeStore, type ImageArchive, type ImageStore } from ".";
import { importInto, SNAPSHOTTER } from "./import";

/** The parts of containerd's folder that a seat's containerd needs. The snapshots become the store's layers. */
const KEPT = ["io.containerd.content.v1.content/blobs", "io.containerd.metadata.v1.bolt", `${SNAPSHOTTER}/metadata.db`];

/**
 * Makes the store of `images`, completely or not at all.
 *
 * @throws one message if the disk is too small, or containerd cannot unpack an image
 */
export async function makeStore(
  store: ImageStore,
  images: readonly ImageArchive[],
  report: ReportProgress,
  signal: AbortSignal,
): Promise<void> {
  requireRoom(store, images);
  await makeWhole(store.folder, async (scratch) => {
    const work = path.join(scratch, "work");
    let done = 0;
    const onImage = (now: number) => report((done = now), images.length, images[now]?.name);
    report(0, images.length, images[0]?.name);
    let brought: string[][];
    try {
      brought = await importInto(
        work,
        images.map(({ archive }) => archive),
        onImage,
        signal,
      );
    } catch (error) {
      signal.throwIfAborted();
      const { message } = error as Error;
      throw new Error(
        `The image store under all seats could not be made. It failed at the image ${images[done]?.name ?? "after the last"}: ${message}${roomHint(store, message)}`,
      );
    }
    const layers = layersOf(images, brought);
    take(work, scratch, layers);
    writeStore(storeIn(scratch), { layers, images: inCache(images) });
    fs.rmSync(work, { recursive: true });
  });
}

/**
 * Maps each snapshot to a layer, which is named after the first archive that has it. An archive may add only one
 * layer. Two could not be told apart when the store is made again.
 */
export function layersOf(
  images: readonly ImageArchive[],
  brought: readonly (readonly string[])[],
): Record<string, string> {
  const layers: Record<string, string> = {};
  for (const [index, { name, archive }] of images.entries()) {
    const ids = brought[index] ?? [];
    if (ids.length > 1)
      throw new Error(`The image ${name} has ${ids.length} layers of its own; the image store takes one.`);
    for (const id of ids) layers[id] = path.basename(path.dirname(archive));
  }
  return layers;
}

/** Moves the parts that seats use out of containerd's folder. */
function take(work: string, scratch: string, layers: Record<string, string>): void {
  const to = storeIn(scratch);
  for (const name of KEPT) {
    fs.mkdirSync(path.dirname(path.join(to.containerd, name)), { recursive: true });
    fs.renameSync(path.join(work, name), path.join(to.containerd, name));
  }
  fs.mkdirSync(to.layers);
  for (const [id, layer] of Object.entries(layers)) {
    fs.mkdirSync(path.join(to.layers, layer));
    fs.renameSync(path.join(work, SNAPSHOTTER, "snapshots", id, "fs"), path.join(to.layers, layer, "fs"));
  }
}

/** Checks the free space. While the store is made, an image exists twice: as an archive and unpacked. */
function requireRoom(store: ImageStore, images: readonly ImageArchive[]): void {
  const needed = 2 * images.reduce((sum, { archive }) => sum + fs.statSync(archive).size, 0);
  const { there, bytes } = roomFor(store.folder);
  if (bytes >= needed) return;
  throw new Error(
    `The disk of ${there} has ${gibibytes(bytes)} left, and unpacking the images for all seats takes ${gibibytes(needed)}. ${MORE_ROOM}`,
  );
}

const MORE_ROOM = "Make room, or set ISTIO_LAB_CACHE to a folder on another disk.";

function roomHint({ folder }: ImageStore, message: string): string {
  return /no space left on device/i.test(message) ? `\nThe disk of ${path.dirname(folder)} is full. ${MORE_ROOM}` : "";
}
