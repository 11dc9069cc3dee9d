import { createHash } from "node:crypto";
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Readable } from "node:stream";
import { extract, type Headers } from "tar-stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeImage, type Image } from "../../../embedded/images/oci/archive";
import { wholeTree, type LayerEntry } from "../../../embedded/images/oci/entry";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), "images-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const go = new AbortController().signal;

function image(files: LayerEntry[]): Image {
  return {
    name: "docker.io/lab/thing:1.2",
    files,
    start: { entrypoint: ["/opt/thing"], cmd: ["-v"], env: ["A=b"], user: "1000", workingDir: "/opt", ports: [9080] },
    labels: { "io.istio-lab.from": "a test" },
  };
}

interface Found {
  header: Headers;
  body: Buffer;
}

async function untar(source: Readable): Promise<Found[]> {
  const found: Found[] = [];
  const entries = extract() as unknown as NodeJS.ReadWriteStream &
    AsyncIterable<AsyncIterable<Buffer> & { header: Headers }>;
  for await (const entry of source.pipe(entries)) {
    const parts: Buffer[] = [];
    for await (const part of entry) parts.push(part);
    found.push({ header: entry.header, body: Buffer.concat(parts) });
  }
  return found;
}

/** Reads an archive as an importer does: by the digests, checking every one of them. */
async function read(archive: string) {
  const files = new Map((await untar(createReadStream(archive))).map(({ header, body }) => [header.name, body]));
  const blob = ({ digest, size }: { digest: string; size: number }) => {
    const body = files.get(`blobs/${digest.replace(":", "/")}`)!;
    expect(`sha256:${createHash("sha256").update(body).digest("hex")}`).toBe(digest);
    expect(body.length).toBe(size);
    return body;
  };
  const index = JSON.parse(files.get("index.json")!.toString());
  const manifest = JSON.parse(blob(index.manifests[0]).toString());
  const config = JSON.parse(blob(manifest.config).toString());
  const layers: Buffer[] = manifest.layers.map(blob);
  return {
    names: [...files.keys()],
    layout: JSON.parse(files.get("oci-layout")!.toString()),
    index,
    manifest,
    config,
    layers,
  };
}

describe("an image archive", () => {
  const files = (): LayerEntry[] => {
    const program = path.join(folder, "program");
    writeFileSync(program, "x".repeat(3_000_000), { mode: 0o600 });
    return [
      { kind: "file", path: "/opt/thing", mode: 0o755, from: { file: program } },
      { kind: "link", path: "/bin/thing", target: "/opt/thing" },
      { kind: "folder", path: "/tmp", mode: 0o1777 },
      { kind: "file", path: "/etc/ünï", mode: 0o644, uid: 7, gid: 8, from: { text: "häh\n" } },
    ];
  };

  it("is an OCI layout whose digests and sizes are those of its blobs", async () => {
    const archive = path.join(folder, "layout.tar");
    await writeImage(archive, image(files()), go);
    const { names, layout, index, manifest, config, layers } = await read(archive);
    expect(layout).toEqual({ imageLayoutVersion: "1.0.0" });
    expect(names).toHaveLength(5);
    expect(index.manifests).toHaveLength(1);
    expect(index.manifests[0].annotations).toEqual({
      "io.containerd.image.name": "docker.io/lab/thing:1.2",
      "org.opencontainers.image.ref.name": "1.2",
    });
    expect(manifest.layers.map((l: { mediaType: string }) => l.mediaType)).toEqual([
      "application/vnd.oci.image.layer.v1.tar",
    ]);
    expect(config.rootfs.diff_ids).toEqual([`sha256:${createHash("sha256").update(layers[0]!).digest("hex")}`]);
    expect(config).toMatchObject({ architecture: "amd64", os: "linux" });
    expect(config.config).toEqual({
      User: "1000",
      ExposedPorts: { "9080/tcp": {} },
      Entrypoint: ["/opt/thing"],
      Cmd: ["-v"],
      WorkingDir: "/opt",
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "A=b"],
      Labels: { "io.istio-lab.from": "a test" },
    });
  });

  it("has the files with content, mode, owner, sorted, with their parent folders", async () => {
    const archive = path.join(folder, "files.tar");
    await writeImage(archive, image(files()), go);
    const entries = await untar(Readable.from([(await read(archive)).layers[0]!]));
    const shown = entries.map(({ header: h }) => [
      h.name.replace(/\/$/, ""),
      h.type,
      h.mode!.toString(8),
      h.uid,
      h.gid,
      h.linkname,
    ]);
    expect(shown).toEqual([
      ["bin", "directory", "755", 0, 0, null],
      ["bin/thing", "symlink", "777", 0, 0, "/opt/thing"],
      ["etc", "directory", "755", 0, 0, null],
      ["etc/ünï", "file", "644", 7, 8, null],
      ["opt", "directory", "755", 0, 0, null],
      ["opt/thing", "file", "755", 0, 0, null],
      ["tmp", "directory", "1777", 0, 0, null],
    ]);
    expect(entries[3]!.body.toString()).toBe("häh\n");
    expect(entries[5]!.body.equals(readFileSync(path.join(folder, "program")))).toBe(true);
    expect(new Set(entries.map(({ header }) => header.mtime!.getTime()))).toEqual(new Set([0]));
  });

  it("has the same bytes whenever and in whatever order its files are given, and leaves nothing beside it", async () => {
    const [one, two] = [path.join(folder, "one.tar"), path.join(folder, "two.tar")];
    await writeImage(one, image(files()), go);
    await writeImage(two, image(files().reverse()), go);
    expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
    expect(() => readFileSync(`${one}.layer`)).toThrow(/ENOENT/);
  });

  it("rejects when a file is not there, and when it is interrupted", async () => {
    const missing = image([{ kind: "file", path: "/a", mode: 0o644, from: { file: path.join(folder, "none") } }]);
    await expect(writeImage(path.join(folder, "missing.tar"), missing, go)).rejects.toThrow(/ENOENT/);
    await expect(writeImage(path.join(folder, "stopped.tar"), image(files()), AbortSignal.abort())).rejects.toThrow(
      /abort/i,
    );
  });
});

describe("the tree of an image", () => {
  const file = (at: string, text: string): LayerEntry => ({ kind: "file", path: at, mode: 0o644, from: { text } });

  it("takes the same entry twice, but not two entries for one path", () => {
    expect(wholeTree([file("/a", "x"), file("/a", "x")])).toHaveLength(1);
    expect(() => wholeTree([file("/a", "x"), file("/a", "y")])).toThrow("two different entries for /a");
  });

  it("refuses what no file system can hold", () => {
    expect(() => wholeTree([{ kind: "link", path: "/lib", target: "usr/lib" }, file("/lib/x", "")])).toThrow(
      "/lib/x lies below /lib, which is a link",
    );
    expect(() => wholeTree([file("relative", "")])).toThrow("not absolute");
  });
});
