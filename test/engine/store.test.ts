import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { images } from "../../embedded/images";
import { cacheRoot } from "../../base/paths";
import { gibibytes } from "../../base/room";
import { Checkout } from "../support/checkout";
import { until } from "../support/http";

/** The image store under all seats, made in a cache that has all else. Each command has mounts of its own, which end with it. */
describe("the image store", () => {
  let lab: Checkout;
  const cache = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-cache-"));
  const store = path.join(cache, "store");
  beforeAll(async () => {
    for (const name of ["engine", "images", "store", "toolchain"]) fs.mkdirSync(path.join(cache, name));
    lab = await Checkout.create();
  });
  afterAll(async () => {
    await lab?.remove();
    fs.rmSync(cache, { recursive: true });
  });

  /** The checkout with that cache, which says at the end what is in the store's folder. `mounts` is a shell's line in the cache's folder. */
  const having = (mounts: string) => {
    const bind = ["engine", "images", "toolchain"]
      .map((name) => `mount --bind ${cacheRoot()}/${name} ${name}`)
      .join(" && ");
    const script = `cd "$1" && ${bind} && ${mounts} && cd "$OLDPWD" && { shift; code=0; "$@" || code=$?; echo "left: $(ls -A "$ISTIO_LAB_CACHE/store")"; exit "$code"; }`;
    return lab.under({
      env: { ISTIO_LAB_CACHE: cache },
      under: ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", cache],
    });
  };
  const build = ["embedded", "build"];

  it.each([
    [
      "room",
      "size=300m",
      /^The disk of .* has 0\.3 GiB left, and unpacking the images for all seats takes SIZE\. Make room, or set ISTIO_LAB_CACHE to a folder on another disk\.$/m,
    ],
    [
      "files left",
      "size=4g,nr_inodes=60",
      /^The image store under all seats could not be made\. It failed at the image \S+: .*no space left on device.*\nThe disk of .*store is full\. Make room, or set ISTIO_LAB_CACHE to a folder on another disk\.$/m,
    ],
  ])("is not made on a disk without %s: one message, and nothing that counts", async (_, options, message) => {
    const seen = await having(`mount -t tmpfs -o ${options} none store`).run(...build);
    const size = gibibytes(2 * images().reduce((sum, { archive }) => sum + fs.statSync(archive).size, 0));
    expect(seen.exitCode).toBe(1);
    expect(seen.all.replace(`takes ${size}.`, "takes SIZE.")).toMatch(message);
    expect(seen.all).not.toMatch(/\n\s+at .*:\d+:\d+/);
    expect(seen.all).toMatch(/^left: $/m);
  });

  it("that was being made when the build's own process was killed with -9 does not count, and what made it ends too", async () => {
    const run = having("true").start(...build);
    const isBegun = async () =>
      fs
        .readdirSync(store)
        .some((name) =>
          fs.existsSync(path.join(store, name, "work/io.containerd.snapshotter.v1.overlayfs/snapshots/3")),
        );
    await until("the third layer", 120, isBegun, Boolean);
    const [builder] = processes().filter(
      ({ pid, command }) =>
        /^\S*node cli\/run\.mjs embedded build$/.test(command) &&
        fs.realpathSync(`/proc/${pid}/cwd`) === fs.realpathSync(lab.root),
    );
    process.kill(builder!.pid, "SIGKILL");
    expect((await run).exitCode).not.toBe(0);
    expect(fs.readdirSync(store).filter((name) => !name.startsWith("."))).toEqual([]);
    const makers = async () =>
      processes().filter(({ command }) => command.includes(store) && /containerd|ctr/.test(command));
    await until("the end of the store's containerd", 10, makers, (left) => left.length === 0);
  });

  it("is made whole by the next build, without what the killed one left; the one after does nothing", async () => {
    const made = await having("true").ok(...build);
    expect(made.all).toContain("Image store under all seats");
    const [key, ...others] = fs.readdirSync(store);
    expect(key).toMatch(/^[0-9a-f]{16}$/);
    expect(others).toEqual([]);
    const { layers } = JSON.parse(fs.readFileSync(path.join(store, key!, "store.json"), "utf8")) as {
      layers: Record<string, string>;
    };
    expect(fs.readdirSync(path.join(store, key!)).sort()).toEqual(["containerd", "layers", "store.json"]);
    expect(fs.readdirSync(path.join(store, key!, "layers")).sort()).toEqual(Object.values(layers).sort());
    // No layer's archive beside the layer: manifests and configurations are small.
    const blobs = path.join(store, key!, "containerd/io.containerd.content.v1.content/blobs/sha256");
    expect(Math.max(...fs.readdirSync(blobs).map((name) => fs.statSync(path.join(blobs, name)).size))).toBeLessThan(
      10_000,
    );
    expect((await having("true").ok(...build)).all.trim()).toBe(`left: ${key}`);
  });
});

/** The disk of the seats, which is another one than the cache's. Nothing of a seat runs yet when it is full. */
describe("a seat on a disk", () => {
  let lab: Checkout;
  beforeAll(async () => void (lab = await Checkout.create()));
  afterAll(async () => lab?.remove());

  it.each([
    [
      "without room",
      "size=500m",
      /^The disk of .* has 0\.5 GiB left, and a seat needs 3\.0 GiB\. Make room, or set ISTIO_LAB_HOME to a folder on another disk\.$/m,
    ],
    [
      "that fills up meanwhile",
      "size=4g,nr_inodes=60",
      /^ENOSPC: no space left on device, .* The disk of .*full is full\. Make room, or set ISTIO_LAB_HOME to a folder on another disk\.\nThe logs are in .*logs\.$/m,
    ],
  ])("%s is not made: one message", async (_, options, message) => {
    const script = `mount -t tmpfs -o ${options} none .lab && exec "$@"`;
    fs.mkdirSync(path.join(lab.root, ".lab"), { recursive: true });
    const seen = await lab
      .under({ under: ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"] })
      .run("embedded", "start", "--seat", "full");
    expect(seen.exitCode).toBe(1);
    expect(seen.all).toMatch(message);
    expect(seen.all).not.toMatch(/\n\s+at .*:\d+:\d+/);
    expect(processes().filter(({ command }) => command.includes(path.join(lab.root, ".lab")))).toEqual([]);
  });
});

function processes(): { pid: number; command: string }[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), command: commandOf(pid) }));
}

function commandOf(pid: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return ""; // it has ended
  }
}
