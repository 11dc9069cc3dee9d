import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { providerLine, providerStep } from "../../../cli/stack/provider";
import { pulumi } from "../../../versions";

interface Answer {
  failed: boolean;
  timedOut?: boolean;
  stderr?: string;
  shortMessage?: string;
}
const { world } = vi.hoisted(() => ({
  world: {
    inUse: "none",
    /** What a download leaves. */
    brings: "official",
    answer: { failed: false } as Answer,
    asked: [] as unknown[],
    installed: [] as string[],
  },
}));
vi.mock("../../../embedded", () => ({
  providerInUse: () => world.inUse,
  installStandIn: async (home: string) => void (world.installed.push(home), (world.inUse = "stand-in")),
}));
vi.mock("execa", () => ({
  execa: async (file: string, args: string[], { env }: { env: object }) => {
    world.asked.push([[file, ...args].join(" "), env]);
    if (!world.answer.failed) world.inUse = world.brings;
    return world.answer;
  },
}));

let home: string;
const workspace = () => ({ env: { PULUMI_HOME: home } });
const run = (signal = new AbortController().signal) => providerStep(workspace()).run(() => undefined, signal);
const isDone = () => providerStep(workspace()).isDone();
const refusal = () => path.join(home, "kubernetes-plugin-refused");
const line = () => providerLine(workspace());

beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-provider-"));
  Object.assign(world, { inUse: "none", brings: "official", answer: { failed: false }, asked: [], installed: [] });
});
afterEach(() => fs.rmSync(home, { recursive: true }));

describe("the Kubernetes provider", () => {
  it("is the official plugin of the SDK's version where that can be downloaded, though the workspace forbids downloads", async () => {
    await run();
    expect(world.asked).toEqual([
      [
        `pulumi plugin install --reinstall resource kubernetes ${pulumi.kubernetes}`,
        { PULUMI_HOME: home, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "" },
      ],
    ]);
    expect([world.installed, fs.existsSync(refusal()), await isDone()]).toEqual([[], false, true]);
    expect(line()).toMatch(/official plugin/);
    expect(line()).not.toMatch(/stand-in/);
  });

  it.each<[string, Answer, string]>([
    ["an answer that never came", { failed: true, timedOut: true, stderr: "x" }, "no answer"],
    [
      "the end of the last attempt",
      {
        failed: true,
        stderr:
          "Error downloading plugin: a: first\nError downloading plugin: dial tcp: lookup get.pulumi.com: no such host\nmore",
      },
      "no such host",
    ],
    ["else the last line", { failed: true, stderr: "one\n  error: two  \n" }, "error: two"],
    ["else what the process ended with", { failed: true, stderr: "", shortMessage: "ENOENT" }, "ENOENT"],
  ])("is else the stand-in, and `up` says why: %s", async (_, answer, why) => {
    world.answer = answer;
    await run();
    expect(world.installed).toEqual([home]);
    expect(line()).toContain(`(${why})`);
    expect(line()).toMatch(/stand-in/);
  });

  it("is the stand-in as well where a download ended well and brought nothing", async () => {
    world.brings = "none";
    world.answer = { failed: false, stderr: "done" };
    await run();
    expect(world.installed).toEqual([home]);
  });

  it("is not asked for again within a day of a refusal, and then it is", async () => {
    expect(await isDone()).toBe(false);
    world.inUse = "stand-in";
    expect(await isDone(), "nobody has been asked yet").toBe(false);
    fs.writeFileSync(refusal(), "no such host");
    const ago = (hours: number) => fs.utimesSync(refusal(), new Date(), new Date(Date.now() - hours * 3_600_000));
    ago(23);
    expect(await isDone()).toBe(true);
    ago(25);
    expect(await isDone()).toBe(false);
    ago(0);
    world.inUse = "none";
    expect(await isDone(), "a refusal is no provider").toBe(false);
  });

  it("is not replaced by the stand-in where the user has ended the run", async () => {
    world.answer = { failed: true };
    await expect(run(AbortSignal.abort())).rejects.toThrow();
    expect([world.installed, fs.existsSync(refusal())]).toEqual([[], false]);
  });

  it("is named without a reason where none was noted", () => {
    world.inUse = "stand-in";
    expect(line()).toMatch(/could not be downloaded here\.$/);
  });
});
