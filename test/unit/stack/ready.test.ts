import { beforeEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../../../base/errors";
import { clearAfterDown, readyForDown, readyForUp } from "../../../cli/stack/ready";

const { world, done } = vi.hoisted(() => ({
  done: [] as unknown[][],
  world: {
    states: [] as object[],
    folder: "/seats/x2" as string | undefined,
    target: "embedded",
    refuses: {} as Record<string, Error>,
  },
}));
const note = vi.hoisted(() => (what: string, ...more: unknown[]) => {
  done.push([what, ...more]);
  if (world.refuses[what] !== undefined) throw world.refuses[what];
});
vi.mock("../../../cli/stack/stack", () => ({
  // The last one stays: what a run left is exported again after a healing.
  exportStack: async () => (note("export"), world.states.length > 1 ? world.states.shift() : world.states[0]),
  seatFolderOf: () => world.folder,
}));
vi.mock("../../../cli/stack/recovery", () => ({
  halfMadeSeat: async (folder: string, before: object) => (
    note("half-made", folder, before),
    ["A half-made seat was found."]
  ),
}));
vi.mock("../../../cli/preflight/run", () => ({
  requirePreflight: async (_: unknown, stack: string) => note("preflight", stack),
}));
vi.mock("../../../cli/targets", () => ({ requireTarget: () => world.target }));
vi.mock("../../../cli/stack/remains", () => ({
  clearRemains: async (...args: unknown[]) => (note("remains", ...args), ["Left alone: a seat."]),
}));
vi.mock("../../../cli/stack/kubeconfig", () => ({ removeKubeconfig: (stack: string) => note("kubeconfig", stack) }));
vi.mock("../../../cli/stack/same-backend", () => ({ forgetBackend: (stack: string) => note("backend", stack) }));
vi.mock("../../../cli/stack/later", () => ({
  lostCluster: () => ({
    requireLeavable: async (_: unknown, stack: string, leaving?: object) => note("leavable", stack, leaving),
  }),
  settling: () => ({
    settle: async (_: unknown, stack: string, operations: object[], command: string) => (
      note("settle", stack, operations, command),
      "One operation was left open."
    ),
  }),
}));

const workspace = { env: { HOME: "/home" } };
const state = (components: string[], operations: string[] = []) => ({
  resources: components.map((name) => ({ urn: "", type: `istio-lab:cluster:${name}` })),
  pending: operations.length,
  operations,
});
const whats = () => done.map(([what]) => what);
let said: string[];
const say = (line: string) => void said.push(line);

beforeEach(() => {
  said = [];
  done.splice(0);
  Object.assign(world, { states: [state(["Embedded"])], folder: "/seats/x2", target: "embedded", refuses: {} });
});

describe("before `up` of a stack that exists", () => {
  it("puts right a half-made seat, asks the preflight, and has the workspace's environment for the engine", async () => {
    expect(await readyForUp(workspace, "x2", say)).toBe(workspace.env);
    expect(done).toEqual([["export"], ["half-made", "/seats/x2", world.states[0]], ["preflight", "x2"]]);
    expect(said).toEqual(["A half-made seat was found."]);
  });

  it("looks for no half-made seat where the stack can have no folder", async () => {
    world.folder = undefined;
    await readyForUp(workspace, "x2", say);
    expect(whats()).toEqual(["export", "preflight"]);
  });

  it("looks for evidence of a loss first, heals before the preflight, and settles what the healed state has", async () => {
    world.states = [state(["Embedded"], ["of before"]), state(["Embedded"], ["of after"])];
    await readyForUp(workspace, "x2", say, async () => (note("evidence"), async () => note("heal")));
    expect(whats()).toEqual(["export", "evidence", "half-made", "heal", "preflight", "export", "settle"]);
    expect(done.at(-1)).toEqual(["settle", "x2", ["of after"], "up"]);
  });

  it("changes nothing where there is no evidence of a loss", async () => {
    const refusing = () => Promise.reject(new UserError("nothing says that it is gone"));
    await expect(readyForUp(workspace, "x2", say, refusing)).rejects.toThrow("nothing says that it is gone");
    expect(whats()).toEqual(["export"]);
  });

  it("settles nothing where the preflight refuses the seat", async () => {
    Object.assign(world, {
      states: [state(["Embedded"], ["create"])],
      refuses: { preflight: new UserError("no room") },
    });
    await expect(readyForUp(workspace, "x2", say)).rejects.toThrow("no room");
    expect(whats()).not.toContain("settle");
  });

  it.each([
    [["Existing"], "embedded", true],
    [["Existing", "Embedded"], "minikube", true],
    [["Existing"], "existing", false],
    [["Embedded"], "embedded", false],
    [["Embedded"], "existing", false],
    [[], "embedded", false],
  ])(
    "asks whether somebody's cluster may be left where a seat on %j moves to %s: %j",
    async (components, target, isAsked) => {
      Object.assign(world, { states: [state(components)], target });
      await readyForUp(workspace, "x2", say);
      expect(done.filter(([what]) => what === "leavable")).toEqual(isAsked ? [["leavable", "x2", undefined]] : []);
    },
  );

  it("settles nothing where somebody's cluster may not be left", async () => {
    Object.assign(world, {
      states: [state(["Existing"], ["create"])],
      refuses: { leavable: new UserError("others use it") },
    });
    await expect(readyForUp(workspace, "x2", say)).rejects.toThrow("others use it");
    expect(whats()).not.toContain("settle");
  });
});

describe("before `down`", () => {
  it("asks whether somebody's cluster may be left, with what the user said of it, and settles afterwards", async () => {
    world.states = [state(["Existing", "Embedded"], ["create"])];
    await readyForDown(workspace, "x2", say, { withForeign: true });
    expect(done).toEqual([["export"], ["leavable", "x2", { withForeign: true }], ["settle", "x2", ["create"], "down"]]);
    expect(said).toEqual(["One operation was left open."]);
  });

  it("settles nothing where it may not be left", async () => {
    Object.assign(world, {
      states: [state(["Existing"], ["create"])],
      refuses: { leavable: new UserError("another cluster answers") },
    });
    await expect(readyForDown(workspace, "x2", say)).rejects.toThrow("another cluster answers");
    expect(whats()).toEqual(["export", "leavable"]);
  });

  it.each([
    ["has none", []],
    ["does not speak of any", undefined],
  ])(
    "asks nobody of a cluster that is the stack's own, and settles nothing where the state %s that is open",
    async (_, operations) => {
      world.states = [{ ...state(["Embedded", "Azure", "Minikube"]), operations: operations as string[] }];
      await readyForDown(workspace, "x2", say);
      expect(done).toEqual([["export"]]);
    },
  );
});

describe("after `down`", () => {
  it.each<[string | readonly string[] | undefined, string[]]>([
    ["g-1", ["g-1"]],
    [
      ["g-1", "g-2"],
      ["g-1", "g-2"],
    ],
    [undefined, []],
  ])("looks for what is left of the embedded seat of generations %j", async (generation, generations) => {
    expect(await clearAfterDown("x2", { target: "embedded", generation })).toEqual(["Left alone: a seat."]);
    expect(done).toEqual([
      ["kubeconfig", "x2"],
      ["backend", "x2"],
      ["remains", "x2", "/seats/x2", generations],
    ]);
  });

  it.each([
    ["azure", "/seats/x2"],
    [undefined, "/seats/x2"],
    ["embedded", undefined],
  ] as const)("leaves folders of seats alone where the target was %j and the folder is %j", async (target, folder) => {
    world.folder = folder;
    expect(await clearAfterDown("x2", { target, generation: "g-1" })).toEqual([]);
    expect(whats()).toEqual(["kubeconfig", "backend"]);
  });
});
