import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack, type Headers, type Pack } from "tar-stream";
import { wholeTree, type Entry } from "./entry";

/** A blob of an image: the digest of its content and its size in bytes. */
export interface Blob {
  digest: string;
  size: number;
}

/** The time of all files in an image. It is fixed because the bytes must depend only on the content. */
export const fixedTime = new Date(0);

const chunk = 1 << 20; // few large reads: an image has hundreds of megabytes

/** Writes the entries as an uncompressed layer to `target`. */
export async function writeLayer(target: string, entries: Entry[], signal: AbortSignal): Promise<Blob> {
  const tar = pack();
  const hash = createHash("sha256");
  let size = 0;
  const measured = new PassThrough({ highWaterMark: chunk });
  measured.on("data", (bytes: Buffer) => {
    hash.update(bytes);
    size += bytes.length;
  });
  const written = pipeline(tar as unknown as Readable, measured, createWriteStream(target, { highWaterMark: chunk }), {
    signal,
  });
  await Promise.all([written, fill(tar, wholeTree(entries), signal)]);
  return { digest: `sha256:${hash.digest("hex")}`, size };
}

async function fill(tar: Pack, entries: Entry[], signal: AbortSignal): Promise<void> {
  try {
    for (const entry of entries) {
      signal.throwIfAborted();
      await add(tar, entry, signal);
    }
    tar.finalize();
  } catch (error) {
    tar.destroy(error as Error);
    throw error;
  }
}

async function add(tar: Pack, entry: Entry, signal: AbortSignal): Promise<void> {
  const header: Headers = { name: entry.path.slice(1), uid: entry.uid ?? 0, gid: entry.gid ?? 0, mtime: fixedTime };
  switch (entry.kind) {
    case "folder":
      return addText(tar, { ...header, type: "directory", mode: entry.mode });
    case "link":
      return addText(tar, { ...header, type: "symlink", mode: 0o777, linkname: entry.target });
    case "file":
      header.mode = entry.mode;
      return "text" in entry.from
        ? addText(tar, header, entry.from.text)
        : addFile(tar, header, entry.from.file, signal);
  }
}

/** Adds an entry whose content is in memory. */
export function addText(tar: Pack, header: Headers, text = ""): Promise<void> {
  return new Promise((resolve, reject) => tar.entry(header, text, (error) => (error ? reject(error) : resolve())));
}

/** Adds a file of this machine. Its size goes into the header. */
export async function addFile(tar: Pack, header: Headers, file: string, signal: AbortSignal): Promise<void> {
  const { size } = await stat(file);
  const entry = tar.entry({ ...header, size });
  await pipeline(createReadStream(file, { highWaterMark: chunk }), entry, { signal });
}
