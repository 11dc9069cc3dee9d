import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeWhole } from "../../base/files";
import { type ImageArchive, imagesIn, readStore, storeIn } from "../images/store";
import { SNAPSHOTTER } from "../images/store/import";
import { runInside } from "./enter";
import { SeatError } from "../../base/seat-error";
import type { Layout } from "./layout";
import { CONTAINERD_SOCKET, IMAGE_STORE } from "./plan";
import type { ProcessId } from "./processes";
import type { Progress } from "./progress";

/** How many archives are unpacked at the same time. */
const SIDE_BY_SIDE = 2;

/**
 * Imports the images that the seat's containerd lacks, or has in an older version. `imported.json` beside it records
 * each image after its import, so a killed run continues behind the last one.
 */
export async function importImages(
  layout: Layout,
  init: ProcessId,
  snapshotter: string,
  images: readonly ImageArchive[],
  progress: Progress,
): Promise<void> {
  const journal = journalIn(layout.var);
  const done = readJournal(journal);
  const open = images.filter((image) => done[image.name] !== image.archive);
  if (open.length === 0) return;
  await containerdAnswers(init);
  const worker = async () => {
    for (let image = open.shift(); image; image = open.shift()) {
      await importImage(init, snapshotter, image);
      done[image.name] = image.archive;
      writeWhole(journal, JSON.stringify(done, null, 2));
      progress.step(image.name);
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
}

async function importImage(init: ProcessId, snapshotter: string, { name, archive }: ImageArchive): Promise<void> {
  const input = fs.openSync(archive, "r");
  try {
    await runInside(
      init,
      [
        "ctr",
        "--address",
        CONTAINERD_SOCKET,
        "--namespace",
        "k8s.io",
        "images",
        "import",
        "--snapshotter",
        snapshotter,
        "-",
      ],
      input,
    );
  } catch (error) {
    throw new SeatError(`The image ${name} could not be imported: ${(error as Error).message}`);
  } finally {
    fs.closeSync(input);
  }
}

async function containerdAnswers(init: ProcessId): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return void (await runInside(init, [
        "ctr",
        "--address",
        CONTAINERD_SOCKET,
        "--namespace",
        "k8s.io",
        "images",
        "ls",
        "-q",
      ]));
    } catch (error) {
      if (tries === 100) throw new SeatError(`containerd does not answer: ${(error as Error).message}`);
      await sleep(100);
    }
  }
}

/** Records that a new seat's containerd has all these images. */
export function writeJournal(variable: string, images: readonly ImageArchive[]): void {
  writeWhole(
    journalIn(variable),
    JSON.stringify(Object.fromEntries(images.map(({ name, archive }) => [name, archive])), null, 2),
  );
}

function journalIn(variable: string): string {
  return path.join(variable, "lib", "imported.json");
}

/** The archive of each image that the seat in `variable` has, by image name. */
export function importedIn(variable: string): Readonly<Record<string, string>> {
  return readJournal(journalIn(variable));
}

function readJournal(file: string): Record<string, string> {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, string>;
  } catch {
    return {};
  }
}

/**
 * Gives the seat's containerd the images of the store. The seat gets its own copy of the files that containerd writes
 * to. It gets links to the layers, at the path where it will see them.
 *
 * @param images what the store holds, for a store that has no list of its own
 */
export function standOn(folder: string, { var: variable }: Layout, images: readonly ImageArchive[]): void {
  const store = storeIn(folder);
  const root = path.join(variable, "lib/containerd");
  fs.cpSync(store.containerd, root, { recursive: true });
  const snapshots = path.join(root, SNAPSHOTTER, "snapshots");
  fs.mkdirSync(snapshots, { mode: 0o700 });
  for (const [id, layer] of Object.entries(readStore(store).layers))
    fs.symlinkSync(path.join(IMAGE_STORE, "layers", layer), path.join(snapshots, id));
  const there = imagesIn(store);
  writeJournal(variable, there.length > 0 ? there : images);
}
