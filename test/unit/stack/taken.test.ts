import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { takenSeat, takenStack, type Taking } from "../../../cli/stack/taken";
import { project, put } from "../class/roster/project";

const { world } = vi.hoisted(() => ({
  world: { stacks: [] as object[], isEngineHere: true, asked: [] as string[], home: "" },
}));
vi.mock("../../../base/paths", async () => (await import("../class/roster/project.ts")).project);
vi.mock("../../../cli/stack/workspace", () => ({
  isEngineHere: () => world.isEngineHere,
  openWorkspace: () => ({ env: {} }),
  pulumiHome: () => world.home,
  pulumiOutput: async (_: unknown, args: string[]) => (world.asked.push(args.join(" ")), JSON.stringify(world.stacks)),
}));

const listed = (name: string, more: object = {}) => ({ name, current: false, resourceCount: 3, ...more });
const home = path.join(project.projectRoot, "pulumi-home");
/** As Pulumi writes it: engine 3.259.0 for each backend, older ones one for all. */
const select = (settings: object, root = project.projectRoot) =>
  put(
    home,
    `workspaces/istio-lab-${createHash("sha1").update(path.join(root, "Pulumi.yaml")).digest("hex")}-workspace.json`,
    JSON.stringify(settings),
  );
const stateUrl = `file://${fs.realpathSync(project.projectRoot)}/.lab/state`;
const noted = (stack: string, url: string) =>
  put(project.labRoot(), `stacks/${stack}.json`, JSON.stringify({ url, own: false }));

let said: string[];
const take = (to: Taking["to"] = "use", named?: string) =>
  takenStack(named, { to, say: (line) => void said.push(line) });

beforeEach(() => {
  for (const name of ["PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN", "PULUMI_STACK"]) vi.stubEnv(name, undefined);
  vi.stubEnv("PULUMI_HOME", home);
  Object.assign(world, { stacks: [], isEngineHere: true, asked: [], home });
  said = [];
  fs.mkdirSync(path.join(project.labRoot(), "state"), { recursive: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
  for (const folder of [home, project.labRoot()]) fs.rmSync(folder, { recursive: true, force: true });
});

describe("the stack that a command takes", () => {
  it.each(["make", "use", "delete"] as const)(
    "is the one that is named, without a word and without asking (%s)",
    async (to) => {
      world.stacks = [listed("dev", { current: true })];
      expect(await take(to, "x2")).toBe("x2");
      expect([said, world.asked]).toEqual([[], []]);
    },
  );

  it.each(["make", "use", "delete"] as const)(
    "is the one that Pulumi has selected, and not embedded; its first line says so (%s)",
    async (to) => {
      world.stacks = [listed("embedded"), listed("dev", { current: true })];
      expect(await take(to)).toBe("dev");
      expect(said).toEqual(["Stack dev, which is selected. --stack NAME takes another."]);
    },
  );

  it.each(["make", "use", "delete"] as const)(
    "is the one of PULUMI_STACK, which counts before what is selected (%s)",
    async (to) => {
      vi.stubEnv("PULUMI_STACK", "x2");
      world.stacks = [listed("x2", { current: true })];
      expect(await take(to)).toBe("x2");
      expect(said).toEqual(["Stack x2, which is named by PULUMI_STACK. --stack NAME takes another."]);
    },
  );

  it("is embedded where none is selected", async () => {
    world.stacks = [listed("embedded")];
    for (const to of ["make", "use", "delete"] as const) expect(await take(to)).toBe("embedded");
    expect(new Set(said)).toEqual(new Set(["Stack embedded, because none is selected. --stack NAME takes another."]));
  });

  it("is to be made as embedded where there is no stack at all, without an engine too", async () => {
    expect(await take("make")).toBe("embedded");
    world.isEngineHere = false;
    world.asked = [];
    expect(await take("make")).toBe("embedded");
    fs.rmSync(project.labRoot(), { recursive: true });
    world.isEngineHere = true;
    expect(await take("make")).toBe("embedded");
    // A bare checkout gets nothing made by the question.
    expect([world.asked, fs.existsSync(project.labRoot())]).toEqual([[], false]);
  });

  it.each(["use", "delete"] as const)(
    "is none where none is selected and there is none, with the command that makes one (%s)",
    async (to) => {
      await expect(take(to)).rejects.toThrow(
        "There is no seat yet: no stack is selected, and none is called embedded. `npm run up -- --stack embedded` makes one.",
      );
    },
  );

  it("is one that is selected also while there is no engine: another one is not built for it", async () => {
    world.isEngineHere = false;
    for (const settings of [
      { stacks: { [`${stateUrl}?metadata=skip`]: "organization/istio-lab/dev" } },
      { stack: "dev" },
    ]) {
      select(settings);
      expect(await take("make")).toBe("dev");
    }
    expect(said[0]).toBe("Stack dev, which is selected. --stack NAME takes another.");
  });

  it("is that of the checkout as the shell came to it, through a link too", async () => {
    const link = `${project.projectRoot}-link`;
    fs.symlinkSync(project.projectRoot, link);
    try {
      world.isEngineHere = false;
      select({ stack: "dev" }, link);
      vi.stubEnv("PWD", link);
      expect(await take("make")).toBe("dev");
    } finally {
      fs.rmSync(link);
    }
  });
});

describe("a seat that nobody meant is not taken", () => {
  const elsewhere = "file:///elsewhere";

  it.each(["use", "delete"] as const)(
    "where the selected stack is gone, embedded is not taken in its place (%s)",
    async (to) => {
      select({ stacks: { [`${stateUrl}?metadata=skip`]: "organization/istio-lab/dev" } });
      world.stacks = [listed("embedded")];
      await expect(take(to)).rejects.toThrow(
        /^Stack dev, which is selected, no longer exists: \.lab\/state has no stack of that name\. Nothing has been changed\. `npm run up -- --stack dev` recreates it\. Name the stack that you mean: npm run /,
      );
      expect(said).toEqual([]);
    },
  );

  it("where the selected stack is gone, up makes neither that one nor embedded unasked, but makes the one of PULUMI_STACK", async () => {
    select({ stack: "dev" });
    await expect(take("make")).rejects.toThrow("Stack dev, which is selected, no longer exists");
    vi.stubEnv("PULUMI_STACK", "x2");
    expect(await take("make")).toBe("x2");
    await expect(take("delete")).rejects.toThrow("Stack x2, which is named by PULUMI_STACK, no longer exists");
  });

  it("embedded itself is made anew where it is selected and gone", async () => {
    select({ stack: "embedded" });
    expect(await take("make")).toBe("embedded");
    await expect(take("delete")).rejects.toThrow(
      "Stack embedded, which is selected, no longer exists: .lab/state has no stack of that name. Nothing has been changed. `npm run up -- --stack embedded` recreates it.",
    );
  });

  it.each(["make", "use", "delete"] as const)("where the selected stack is another project's (%s)", async (to) => {
    select({ stack: "organization/shop/dev" });
    await expect(take(to)).rejects.toThrow(
      "The selected stack organization/shop/dev: the stack is one of another project, shop",
    );
  });

  it.each(["make", "use", "delete"] as const)(
    "where a stack is kept in another backend, and none is selected in this one (%s)",
    async (to) => {
      noted("dev", elsewhere);
      await expect(take(to)).rejects.toThrow(
        /^Stack dev is kept in a Pulumi backend that is not the chosen one\. .*\n- kept in file:\/\/\/elsewhere; there: PULUMI_BACKEND_URL=file:\/\/\/elsewhere npm .*\n/,
      );
    },
  );

  it("where the selected stack is noted to be in another backend: one of its name here is another one", async () => {
    noted("dev", elsewhere);
    world.stacks = [listed("dev", { current: true })];
    await expect(take("delete")).rejects.toThrow("Stack dev is kept in a Pulumi backend that is not the chosen one");
    expect(await takenStack(undefined, { to: "make", say: () => undefined, isMoved: true })).toBe("dev");
  });

  it("a selection of another backend is none here", async () => {
    select({ stacks: { [elsewhere]: "dev" } });
    world.stacks = [listed("embedded")];
    expect(await take("use")).toBe("embedded");
  });

  it("down asks for a name where none is selected and others have something; a stack without resources is nobody's seat", async () => {
    world.stacks = [listed("embedded"), listed("dev"), listed("empty", { resourceCount: 0 })];
    await expect(take("delete")).rejects.toThrow(
      /^No stack is selected here, and there are embedded, dev\. Nothing has been changed\. Name the stack that you mean: npm run /,
    );
    expect(await take("use")).toBe("embedded");
    world.stacks = [listed("embedded"), listed("empty", { resourceCount: 0 })];
    expect(await take("delete")).toBe("embedded");
    world.stacks = [listed("dev")];
    await expect(take("use")).rejects.toThrow("No stack is selected here, and there is dev.");
  });
});

describe("the seat that a command takes which needs no Pulumi", () => {
  const seat = (named?: string) => takenSeat(named, (line) => void said.push(line));

  it.each<[string, object | undefined, string, string]>([
    [
      "selected, and of this machine",
      { stack: "x2" },
      "x2",
      "Seat x2, of the stack that is selected. --seat NAME takes another.",
    ],
    [
      "of another target: it has no seat here",
      { stack: "dev" },
      "embedded",
      "Seat embedded, because the selected stack has no seat on this machine. --seat NAME takes another.",
    ],
    ["not there", undefined, "embedded", "Seat embedded, because none is selected. --seat NAME takes another."],
  ])("goes by the stack, which is %s", (_, settings, name, line) => {
    if (settings !== undefined) select(settings);
    expect(seat()).toBe(name);
    expect(said).toEqual([line]);
    expect(seat("other")).toBe("other");
    expect(world.asked).toEqual([]);
  });
});
