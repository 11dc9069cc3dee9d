import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Headers, pack, type Pack } from "tar-stream";
import { type LayerEntry, wholeTree } from "./entry";

/** How a container of the image starts. The fields have the names of the OCI image configuration. */
export interface Start {
  entrypoint?: string[];
  cmd?: string[];
  /** `NAME=value`. */
  env?: string[];
  /** A name or number of the image's /etc/passwd. @default root */
  user?: string;
  /** @default / */
  workingDir?: string;
  /** TCP ports, as information for people and tools. They open nothing. */
  ports?: number[];
}

/** A complete image. */
export interface Image {
  /** The full reference under which containerd will know the image, e.g. `docker.io/istio/pilot:VERSION`. */
  name: string;
  files: LayerEntry[];
  start: Start;
  labels: Record<string, string>;
}

const media = (kind: string) => `application/vnd.oci.image.${kind}`;

/**
 * Writes the image as an OCI image layout in one tar file, which `ctr images import` takes under its full name. The
 * same image always gives the same bytes. `archive` must be new. While it writes, it needs the same space again
 * beside the archive.
 *
 * Format: https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 */
export async function writeImage(archive: string, image: Image, signal: AbortSignal): Promise<void> {
  // A tar entry starts with its name and size: the blob's name is known only after the layer is written.
  const layerFile = `${archive}.layer`;
  try {
    const layer = await writeLayer(layerFile, image.files, signal);
    await writeLayout(archive, image, layer, layerFile, signal);
  } finally {
    await rm(layerFile, { force: true });
  }
}

async function writeLayout(
  target: string,
  image: Image,
  layer: Blob,
  layerFile: string,
  signal: AbortSignal,
): Promise<void> {
  const config = json(configuration(image, layer));
  const manifest = json({
    schemaVersion: 2,
    mediaType: media("manifest.v1+json"),
    config: { mediaType: media("config.v1+json"), ...config.blob },
    layers: [{ mediaType: media("layer.v1.tar"), ...layer }],
  });
  const index = json({
    schemaVersion: 2,
    mediaType: media("index.v1+json"),
    manifests: [
      {
        mediaType: media("manifest.v1+json"),
        ...manifest.blob,
        platform: { architecture: "amd64", os: "linux" },
        annotations: {
          // containerd's importer takes the whole name from this key. It would take ref.name alone for a tag.
          "io.containerd.image.name": image.name,
          "org.opencontainers.image.ref.name": image.name.slice(image.name.lastIndexOf(":") + 1),
        },
      },
    ],
  });

  const tar = pack();
  const written = pipeline(tar as unknown as Readable, createWriteStream(target), { signal });
  const file = (name: string) => ({ name, mode: 0o644, mtime: fixedTime });
  const fill = async () => {
    try {
      await addText(tar, file("oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
      await addText(tar, file("index.json"), index.text);
      await addText(tar, file(blobPath(manifest.blob)), manifest.text);
      await addText(tar, file(blobPath(config.blob)), config.text);
      await addFile(tar, file(blobPath(layer)), layerFile, signal);
      tar.finalize();
    } catch (error) {
      tar.destroy(error as Error);
      throw error;
    }
  };
  await Promise.all([written, fill()]);
}

function configuration(image: Image, layer: Blob) {
  const { entrypoint, cmd, env, user, workingDir, ports } = image.start;
  return {
    created: fixedTime.toISOString(),
    architecture: "amd64",
    os: "linux",
    config: {
      User: user ?? "",
      ExposedPorts: ports && Object.fromEntries(ports.map((port) => [`${port}/tcp`, {}])),
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ...(env ?? [])],
      Entrypoint: entrypoint,
      Cmd: cmd,
      WorkingDir: workingDir ?? "/",
      Labels: image.labels,
    },
    rootfs: { type: "layers", diff_ids: [layer.digest] }, // uncompressed, so a layer's digest is also its diff id
  };
}

function json(value: unknown): { text: string; blob: Blob } {
  const text = JSON.stringify(value);
  return {
    text,
    blob: { digest: `sha256:${createHash("sha256").update(text).digest("hex")}`, size: Buffer.byteLength(text) },
  };
}

const blobPath = ({ digest }: Blob) => `blobs/${digest.replace(":", "/")}`;

/** A blob of an image: the digest of its content and its size in bytes. */
interface Blob {
  digest: string;
  size: number;
}

/** The time of all files in an image. It is fixed because the bytes must depend only on the content. */
const fixedTime = new Date(0);

const chunk = 1 << 20; // few large reads: an image has hundreds of megabytes

/** Writes the entries as an uncompressed layer to `target`. */
async function writeLayer(target: string, entries: LayerEntry[], signal: AbortSignal): Promise<Blob> {
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

async function fill(tar: Pack, entries: LayerEntry[], signal: AbortSignal): Promise<void> {
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

async function add(tar: Pack, entry: LayerEntry, signal: AbortSignal): Promise<void> {
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
function addText(tar: Pack, header: Headers, text = ""): Promise<void> {
  return new Promise((resolve, reject) => tar.entry(header, text, (error) => (error ? reject(error) : resolve())));
}

/** Adds a file of this machine. Its size goes into the header. */
async function addFile(tar: Pack, header: Headers, file: string, signal: AbortSignal): Promise<void> {
  const { size } = await stat(file);
  const entry = tar.entry({ ...header, size });
  await pipeline(createReadStream(file, { highWaterMark: chunk }), entry, { signal });
}
