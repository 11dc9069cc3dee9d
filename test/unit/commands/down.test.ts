import { beforeEach, describe, expect, it, vi } from "vitest";
import { down, type DownOptions } from "../../../cli/commands/down";
import { UserError } from "../../../base/errors";
import type { Taking } from "../../../cli/stack/taken";

const { world, done } = vi.hoisted(() => ({
  done: [] as unknown[][],
  world: {
    state: [] as object[],
    engine: "/pulumi" as string | undefined,
    code: 0,
    file: undefined as string | undefined,
    refuses: {} as Record<string, Error>,
  },
}));
const note = vi.hoisted(() => (what: string, ...more: unknown[]) => {
  done.push([what, ...more]);
  if (world.refuses[what] !== undefined) throw world.refuses[what];
});
vi.mock("../../../cli/stack/workspace", () => ({
  openWorkspace: () => ({ env: { HOME: "/home" }, engine: world.engine }),
}));
vi.mock("../../../cli/stack/stack", () => ({
  exportStack: async (_: unknown, stack: string) => (note("export", stack), { resources: world.state, pending: 0 }),
  hasConfigFile: () => world.file !== undefined,
  requireStructured: () => undefined,
  targetOf: () => world.file,
  listStacks: async () => [],
}));
vi.mock("../../../cli/stack/taken", () => ({
  takenStack: async (named: string | undefined, { to, say }: Taking) =>
    named ?? (note("taken", to), say("Stack selected, which is selected."), "selected"),
}));
vi.mock("../../../cli/stack/recovery", () => ({
  afterCrash: async (_: unknown, stacks: string[]) => (note("after crash", stacks), ["Broke a lock."]),
}));
vi.mock("../../../cli/stack/ready", () => ({
  readyForDown: async (_: unknown, stack: string, __: unknown, options: DownOptions) =>
    note("ready", stack, options.withForeign),
  clearAfterDown: async (stack: string, taken: object) => (note("clear", stack, taken), ["Left alone: a seat."]),
}));
vi.mock("../../../cli/terminal/ending/in-terminal", () => ({
  runEngine: async (args: string[], env: object) => (note("engine", args.join(" "), env), world.code),
}));
vi.mock("../../../cli/stack/later", () => ({
  lostCluster: () => ({
    forget: async (_: unknown, stack: string) => (note("forget", stack), `Stack ${stack} has forgotten all.`),
  }),
}));

const on = (...components: string[]) => components.map((name) => ({ urn: "", type: `istio-lab:cluster:${name}` }));
const whats = () => done.map(([what]) => what);
let printed: string;
const run = (options: DownOptions = { stack: "x2" }) => down(options);

beforeEach(() => {
  printed = "";
  done.splice(0);
  Object.assign(world, { state: on("Embedded"), engine: "/pulumi", code: 0, file: undefined, refuses: {} });
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((printed += String(text)), true));
  return () => void vi.restoreAllMocks();
});

describe("down", () => {
  it("mends what a killed run left, asks what is in the way, destroys that stack alone, and clears away what is left", async () => {
    world.state = [...on("Embedded"), { urn: "", type: "pulumi-nodejs:dynamic/cluster:Generation", id: "g-1" }];
    await run({ stack: "x2", withForeign: true });
    expect(done).toEqual([
      ["after crash", ["x2"]],
      ["export", "x2"],
      ["ready", "x2", true],
      ["engine", "destroy --yes --skip-preview --stack x2", { HOME: "/home" }],
      ["clear", "x2", { target: "embedded", generation: ["g-1"] }],
    ]);
    expect(printed).toMatch(/^Broke a lock\..*\nLeft alone: a seat\.\nStack x2 is down in /s);
  });

  it("takes away the stack that is taken where none is named, and says first which", async () => {
    await run({});
    expect(done[0]).toEqual(["taken", "delete"]);
    expect(done).toContainEqual(["engine", "destroy --yes --skip-preview --stack selected", { HOME: "/home" }]);
    expect(printed).toMatch(/^Stack selected, which is selected\.\nBroke a lock\./);
  });

  it.each([
    [
      "this checkout's own state",
      undefined,
      "Its history is kept under .lab/state; `npm run up -- --stack x2` makes the seat again.",
    ],
    [
      "a folder of the user's",
      "file:///elsewhere",
      "Its history is kept in your own backend, file:///elsewhere; `npm run up -- --stack x2` makes the seat again.",
    ],
    [
      "a bucket, whose password is nobody's business",
      "s3://me:secret@bucket?region=x&password=y",
      "Its history is kept in your own backend, s3://me@bucket?region=x; `npm run up",
    ],
  ])("says where the history stays: %s", async (_, url, sentence) => {
    for (const name of ["PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL"]) vi.stubEnv(name, undefined);
    vi.stubEnv("PULUMI_HOME", "/nobody/has/this");
    vi.stubEnv("PULUMI_BACKEND_URL", url);
    await run().finally(() => vi.unstubAllEnvs());
    expect(printed).toContain(sentence);
  });

  it("has nothing to take down where there is no engine", async () => {
    world.engine = undefined;
    await expect(run()).rejects.toThrow("There is nothing to take down");
    expect(done).toEqual([]);
  });

  it("destroys nothing where something is in the way", async () => {
    world.refuses = { ready: new UserError("another cluster answers") };
    await expect(run()).rejects.toThrow("another cluster answers");
    expect(whats()).toEqual(["after crash", "export", "ready"]);
  });

  it("clears away nothing, and fails, where the destroy failed", async () => {
    world.code = 1;
    await expect(run()).rejects.toThrow(
      "Stack x2 is only partly destroyed: pulumi's message is above. `npm run down -- --stack x2` can be run again.",
    );
    expect(whats()).not.toContain("clear");
    expect(printed).not.toContain("is down");
  });

  it.each([
    [["Embedded"], "embedded"],
    [["Existing", "Embedded"], "embedded"],
    [["Minikube"], "minikube"],
    [["Azure", "Minikube"], "azure"],
    [["Existing"], "existing"],
    // A seat on this machine may have its name: it is looked for, told and left alone.
    [[], "embedded"],
  ])("of a seat on %j looks for what is left on %s", async (components, target) => {
    world.state = on(...components);
    await run();
    expect(done.at(-1)).toEqual(["clear", "x2", { target, generation: [] }]);
  });

  it("ends well where nothing is in the state, and the file names a target that is none", async () => {
    Object.assign(world, { state: [], file: "moon" });
    await run();
    expect(done.at(-1)).toEqual(["clear", "x2", { target: "moon", generation: [] }]);
    await expect(run({ stack: "x2", clusterIsGone: true })).rejects.toThrow(
      "--cluster-is-gone: the cluster of stack x2 belongs to the stack.",
    );
  });

  it("says where the file names another target than the state", async () => {
    world.file = "azure";
    await run();
    expect(printed).toContain(
      "Pulumi.x2.yaml says target azure. By its state, the seat of stack x2 is on target embedded. That seat is taken down.",
    );
  });
});

describe("down --cluster-is-gone", () => {
  const gone = () => run({ stack: "x2", clusterIsGone: true });

  it.each([[["Existing"]], [["Existing", "Embedded"]]])(
    "forgets what was in somebody's cluster, for a seat on %j, and then destroys the rest",
    async (components) => {
      world.state = on(...components);
      await gone();
      expect(whats()).toEqual(["after crash", "export", "forget", "engine", "clear"]);
      expect(printed).toContain("Stack x2 has forgotten all.");
    },
  );

  it.each([
    [["Existing", "Azure"], "azure"],
    [["Existing", "Minikube"], "minikube"],
    [["Existing", "Azure", "Minikube"], "azure and minikube"],
  ])("forgets nothing of a seat on %j: the rest would be forgotten with it", async (components, others) => {
    world.state = on(...components);
    await expect(gone()).rejects.toThrow(
      `--cluster-is-gone: stack x2 also has resources on ${others}, which would be forgotten too. Nothing has been deleted.`,
    );
    expect(whats()).toEqual(["after crash", "export"]);
  });

  it.each([[["Embedded"]], [["Azure"]], [["Minikube"]], [[]]])(
    "forgets nothing of a seat on %j, whose cluster is the stack's own",
    async (components) => {
      world.state = on(...components);
      await expect(gone()).rejects.toThrow("--cluster-is-gone: the cluster of stack x2 belongs to the stack.");
      expect(whats()).toEqual(["after crash", "export"]);
    },
  );

  it("destroys nothing where the cluster is not known to be gone", async () => {
    Object.assign(world, { state: on("Existing"), refuses: { forget: new UserError("it answers") } });
    await expect(gone()).rejects.toThrow("it answers");
    expect(whats()).toEqual(["after crash", "export", "forget"]);
  });
});
