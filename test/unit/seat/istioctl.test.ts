import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { builtIstioctl, isOfRelease, istioctlOf } from "../../../cli/seat/istioctl";
import type { Workspace } from "../../../cli/stack/workspace";

const { world } = vi.hoisted(() => ({
  world: { target: "embedded", version: "1.31.1", isBuilt: false, builds: 0 },
}));
vi.mock("../../../cli/stack/stack", () => ({ targetOf: () => world.target }));
vi.mock("../../../cli/stack/settings", () => ({ settingsOf: async () => ({ istio: { version: world.version } }) }));
vi.mock("../../../embedded", () => ({
  binary: (name: string) => {
    if (!world.isBuilt) throw new Error("not built");
    return `/built/${name}`;
  },
  istioctlStep: () => ({
    title: "istioctl from source",
    isDone: async () => world.isBuilt,
    run: async () => {
      world.builds += 1;
      await new Promise((resolve) => setImmediate(resolve));
      world.isBuilt = true;
    },
  }),
}));
vi.mock("../../../versions", async (original) => {
  const versions = await original<typeof import("../../../versions")>();
  return { ...versions, istio: { ...versions.istio, version: "1.31.1" } };
});

const workspace = {} as Workspace;
const before = process.env.PATH;
let [folder, err] = ["", ""];
beforeEach(() => {
  Object.assign(world, { target: "existing", version: "1.31.1", isBuilt: false, builds: 0 });
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-istioctl-"));
  process.env.PATH = folder;
  err = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => ((err += String(text)), true));
});
afterEach(() => {
  process.env.PATH = before;
  fs.rmSync(folder, { recursive: true });
  vi.restoreAllMocks();
});

/** Puts an istioctl into PATH that answers this, whatever it is asked. */
function own(answer: string, exitCode = 0): void {
  const script = `#!/bin/sh\necho '${answer}'\nexit ${exitCode}\n`;
  fs.writeFileSync(path.join(folder, "istioctl"), script, { mode: 0o755 });
}
const tells = (version: unknown) => JSON.stringify({ clientVersion: { version } });

describe("istioctl of a seat on this machine", () => {
  it("is built when it is needed first, with progress beside the output, and never again", async () => {
    world.target = "embedded";
    own(tells("1.31.1"));
    // The seats of a class are checked at the same time.
    const asked = ["x2", "x3"].map((stack) => istioctlOf(workspace, stack));
    expect(await Promise.all(asked)).toEqual(["/built/istioctl", "/built/istioctl"]);
    expect(err).toMatch(/^\[1\/1\] istioctl from source · .*\n\[1\/1\] istioctl from source: done/);
    expect(await istioctlOf(workspace, "x2")).toBe("/built/istioctl");
    expect(world.builds).toBe(1);
  });
});

describe("istioctl of a seat elsewhere", () => {
  it("is the one that was built here, where it fits, and none is built for it", async () => {
    world.isBuilt = true;
    own(tells("1.31.1"));
    expect(await istioctlOf(workspace, "x2")).toBe("/built/istioctl");
    expect(builtIstioctl()).toBe("/built/istioctl");
    world.isBuilt = false;
    await istioctlOf(workspace, "x2");
    expect(world.builds).toBe(0);
    expect(builtIstioctl()).toBeUndefined();
  });

  it("is the user's of the same minor release, which a line says", async () => {
    own(tells("1.31.7"));
    const said: string[] = [];
    expect(await istioctlOf(workspace, "x2", (line) => said.push(line))).toBe("istioctl");
    expect(said).toEqual(["istioctl 1.31.7 from PATH is used. The seat of stack x2 has Istio 1.31.1."]);
  });

  it("is the user's where the built one does not fit", async () => {
    Object.assign(world, { isBuilt: true, version: "1.30.3" });
    own(tells("1.30.0"));
    expect(await istioctlOf(workspace, "x2")).toBe("istioctl");
  });

  it.each([
    ["none", undefined, 0, "PATH has none"],
    ["another release's", tells("1.28.0"), 0, "the one in PATH is 1.28.0"],
    ["one that looks alike", tells("1.310.1"), 0, "the one in PATH is 1.310.1"],
    ["one without a version", tells(undefined), 0, "the one in PATH does not tell its version"],
    ["one with another answer", "null", 0, "the one in PATH does not tell its version"],
    ["one that prints no JSON", "istioctl", 0, "the one in PATH does not tell its version"],
    ["one that fails", tells("1.31.1"), 1, "the one in PATH does not tell its version"],
  ])("where PATH has %s, is refused with where to get one", async (_, answer, exitCode, seen) => {
    if (answer !== undefined) own(answer, exitCode);
    await expect(istioctlOf(workspace, "x2")).rejects.toThrow(
      `The seat of stack x2 has Istio 1.31.1, and needs an istioctl of 1.31: ${seen}. ` +
        "Get it from https://github.com/istio/istio/releases/tag/1.31.1, and put it into a folder of PATH.",
    );
  });
});

it("belongs to a release by major and minor version", () => {
  expect([
    isOfRelease("1.31.1", "1.31.10"),
    isOfRelease("v1.31.1", "1.31.2"),
    isOfRelease("1.31.1-alpha.0", "1.31.2"),
  ]).toEqual([true, true, true]);
  expect([isOfRelease("1.31.1", "1.3.1"), isOfRelease("1.31.1", "2.31.1"), isOfRelease("unknown", "unknown")]).toEqual([
    false,
    false,
    false,
  ]);
});
