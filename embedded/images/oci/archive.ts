import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";
import type { Entry } from "./entry";
import { addFile, addText, fixedTime, writeLayer, type Blob } from "./layer";

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
  files: Entry[];
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
