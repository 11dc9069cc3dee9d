import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";
import type { Entry } from "./entry";
import { addFile, addText, fixedTime, writeLayer, type Blob } from "./layer";

/** How a container of the image starts; the fields of the OCI image configuration with the same names. */
export interface Start {
  entrypoint?: string[];
  cmd?: string[];
  /** `NAME=value`. */
  env?: string[];
  /** A name or number of the image's /etc/passwd. @default root */
  user?: string;
  /** @default / */
  workingDir?: string;
  /** TCP ports, for people and tools; nothing is opened by it. */
  ports?: number[];
}

/** An image in whole. */
export interface Image {
  /** The full reference under which containerd will know it, e.g. `docker.io/istio/pilot:VERSION`. */
  name: string;
  files: Entry[];
  start: Start;
  labels: Record<string, string>;
}

const media = (kind: string) => `application/vnd.oci.image.${kind}`;

/**
 * Writes the image as an OCI image layout in one tar file, which `ctr images import` takes under its full name.
 * The same image always gives the same bytes. `archive` must be new; needs as much room again beside it while it writes.
 *
 * Format: https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 */
export async function writeImage(archive: string, image: Image, signal: AbortSignal): Promise<void> {
  const layerFile = `${archive}.layer`; // a tar entry's name and size come first: the layer must be known to name its blob
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
          // The key containerd's importer takes the whole name from; ref.name alone would be taken for a tag.
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
    rootfs: { type: "layers", diff_ids: [layer.digest] }, // uncompressed, so a layer's digest is its diff id
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
