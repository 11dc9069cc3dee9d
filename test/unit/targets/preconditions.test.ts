import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { preconditions } from "../../../cli/targets/embedded/preconditions";
import { requireForSeat } from "../../../embedded/node/machine";

const disk = vi.hoisted(() => ({ left: undefined as number | undefined, asked: "" }));
vi.mock("node:fs", async (original) => {
  const real = await original<typeof import("node:fs")>();
  const statfsSync = (folder: string) => {
    disk.asked = folder;
    return disk.left === undefined ? real.statfsSync(folder) : { bavail: disk.left / 4096, bsize: 4096 };
  };
  return { ...real, statfsSync };
});

const GiB = 2 ** 30;
const machine = { platform: process.platform, arch: process.arch };
let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-preconditions-"));
  vi.stubEnv("ISTIO_LAB_CACHE", path.join(folder, "not", "there"));
  vi.spyOn(process, "getuid").mockReturnValue(0);
  withGo("go1.26.8");
  disk.left = 100 * GiB;
});
afterEach(() => {
  be(machine);
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true });
});

function be(changes: Partial<typeof machine>): void {
  for (const [key, value] of Object.entries(changes)) Object.defineProperty(process, key, { value });
}

/** A PATH with this Go and nothing else. */
function withGo(version: string | undefined): void {
  if (version) fs.writeFileSync(path.join(folder, "go"), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
  else fs.rmSync(path.join(folder, "go"));
  vi.stubEnv("PATH", folder);
}

function refusal(): string {
  try {
    preconditions();
  } catch (error) {
    expect((error as Error).name).toBe("UserError"); // printed without a stack
    return (error as Error).message;
  }
  throw new Error("nothing was refused");
}

describe("before anything is built", () => {
  it("a machine that has everything is taken", () => {
    expect(preconditions).not.toThrow();
  });

  it.each([
    [{ platform: "darwin" as const }, "Linux only, this is darwin"],
    [{ platform: "win32" as const }, "Linux only, this is win32"],
    [{ arch: "arm64" as const }, "x86-64 only, this machine is arm64"],
  ])("%j is refused with the way there is, and without what would not help", (changes, text) => {
    be(changes);
    withGo(undefined);
    vi.spyOn(process, "getuid").mockReturnValue(1000);
    const said = refusal();
    expect(said).toContain(text);
    expect(said).toContain("minikube");
    expect(said).toContain("npm run up -- --stack dev");
    expect(said).not.toMatch(/Go |root|GiB/);
    expect(said.split("\n")).toHaveLength(2);
  });

  it("all that can be mended is told at once: no root, no Go, no disk", () => {
    withGo(undefined);
    vi.spyOn(process, "getuid").mockReturnValue(1000);
    disk.left = 5.25 * GiB;
    const [head, ...problems] = refusal().split("\n");
    expect(head).toBe("The embedded seat cannot be made on this machine yet:");
    expect(problems).toEqual([
      expect.stringMatching(/^- .*needs root.*sudo/),
      expect.stringMatching(/^- Go is not installed .*Install Go 1\.26 or newer/),
      expect.stringMatching(/^- The disk of .* has 5\.3 GiB left; .* takes 12 GiB\. Make room/),
    ]);
  });

  it.each([
    ["go1.22.1", false],
    ["go1.25.9", false],
    ["go1.26.0", true],
    ["go1.26rc1", true],
    ["go1.30", true],
    ["go2.0", true],
    ["devel go1.27-abcdef", true],
    ["nonsense", false],
  ])("Go %s: taken is %s", (version, taken) => {
    withGo(version);
    if (taken) expect(preconditions).not.toThrow();
    else expect(refusal()).toMatch(new RegExp(`- Go 1\\.26 or newer is needed .*${version}.*Install`));
  });
});

describe("the disk", () => {
  it("is asked for room to build only where the cache will be, and while it is not", () => {
    disk.left = 12 * GiB - 4096;
    expect(refusal()).toContain(`The disk of ${folder} has 12.0 GiB left`);
    expect(disk.asked).toBe(folder);
    vi.stubEnv("ISTIO_LAB_CACHE", folder);
    expect(preconditions).not.toThrow();
  });

  it("is asked for a seat's room when the seat is made", async () => {
    // Without root it ends before it tries namespaces: it tells both at once.
    vi.spyOn(process, "getuid").mockReturnValue(1000);
    const seat = path.join(folder, "seats", "embedded");
    disk.left = 1.5 * GiB;
    await expect(requireForSeat(seat)).rejects.toThrow(
      /needs root[^]*The disk of .* has 1\.5 GiB left, and a seat needs 3\.0 GiB\. Make room, or .*ISTIO_LAB_HOME/,
    );
    disk.left = 3 * GiB;
    await expect(requireForSeat(seat)).rejects.not.toThrow(/The disk of/);
  });
});
