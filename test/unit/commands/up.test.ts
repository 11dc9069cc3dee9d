import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { up } from "../../../cli/commands/up";
import { UserError } from "../../../base/errors";
import type { Taking } from "../../../cli/stack/taken";

const { world, done } = vi.hoisted(() => ({
  done: [] as unknown[][],
  world: {
    code: 0,
    codes: [] as number[],
    lost: [] as object[],
    refuses: {} as Record<string, Error>,
    state: { resources: [{ urn: "", type: "pulumi:pulumi:Stack", outputs: { GATEWAY_URL: "http://10.0.0.2:31380" } }] },
  },
}));
const note = vi.hoisted(() => (what: string, ...more: unknown[]) => {
  done.push([what, ...more]);
  if (world.refuses[what] !== undefined) throw world.refuses[what];
});
vi.mock("../../../cli/answering", () => ({
  awaitSeat: async (_: unknown, stack: string, since: number) => (
    note("answers", stack, since <= Date.now()),
    world.state
  ),
}));
vi.mock("../../../cli/terminal/ending/in-terminal", () => ({
  runEngine: async (args: string[], env: object) => (
    note("engine", args.join(" "), env),
    world.codes.shift() ?? world.code
  ),
}));
vi.mock("../../../cli/stack/event-log", () => ({
  withEventLog: (run: (log: object) => Promise<unknown>) =>
    run({ args: ["--log"], env: { LOG: "yes" }, read: () => [...events, ...world.lost] }),
}));
vi.mock("../../../cli/stack/engine", () => ({ linkEngine: () => undefined }));
vi.mock("../../../cli/terminal/progress", () => ({ runSteps: async () => note("steps") }));
vi.mock("../../../cli/stack/provider", () => ({
  providerLine: () => "The provider is here.",
  providerStep: () => ({}),
}));
vi.mock("../../../cli/stack/ready", () => ({
  readyForUp: async (_: unknown, stack: string, __: unknown, heal?: unknown) => (
    note("ready", stack, heal !== undefined),
    { ENGINE: "/engine" }
  ),
}));
vi.mock("../../../cli/stack/recovery", () => ({
  afterCrash: async (_: unknown, stacks: string[]) => (note("after crash", stacks), []),
}));
vi.mock("../../../cli/stack/stack", () => ({
  fileConfig: () => ({}),
  requireStackName: (stack: string) => note("name", stack),
  selectStack: async (_: unknown, stack: string) => note("select", stack),
  acceptMovedStack: async (_: unknown, stack: string) => note("moved", stack),
}));
vi.mock("../../../cli/stack/taken", () => ({
  takenStack: async (named: string | undefined, { to }: Taking) => named ?? (note("taken", to), "selected"),
}));
vi.mock("../../../cli/stack/teardown", () => ({
  requireOwnFile: async (_: unknown, stack: string) => note("own file", stack),
}));
vi.mock("../../../cli/stack/same-backend", () => ({ requireSameBackend: (stack: string) => note("backend", stack) }));
vi.mock("../../../cli/stack/summary", () => ({
  showSeat: async (_: unknown, stack: string, outputs: object) => note("show", stack, outputs),
}));
vi.mock("../../../cli/targets", () => ({
  commandsOf: () => ({ preconditions: () => note("preconditions"), stages: () => [] }),
}));
vi.mock("../../../cli/stack/workspace", () => ({ openWorkspace: () => ({ env: { PULUMI_HOME: "/home" } }) }));

const metadata = { op: "create", urn: "urn:pulumi:x2::istio-lab::istio-lab:addons:Kiali$a::a", new: { custom: true } };
const events = [
  { timestamp: 10, resourcePreEvent: { metadata } },
  { timestamp: 13, resOutputsEvent: { metadata } },
];
let printed: string;
const whats = () => done.map(([what]) => what);
beforeEach(() => {
  done.splice(0);
  printed = "";
  Object.assign(world, { code: 0, codes: [], lost: [], refuses: {} });
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((printed += String(text)), true));
});
afterEach(() => void vi.restoreAllMocks());

describe("up", () => {
  it("asks all that may refuse the seat before the engine runs, on the stack that is meant", async () => {
    await up({ stack: "x2" });
    expect(whats()).toEqual([
      "name",
      "backend",
      "preconditions",
      "steps",
      "steps",
      "after crash",
      "own file",
      "select",
      "ready",
      "engine",
      "answers",
      "show",
    ]);
    expect(done).toContainEqual([
      "engine",
      "up --yes --skip-preview --suppress-outputs --stack x2 --log",
      { ENGINE: "/engine", LOG: "yes" },
    ]);
    expect(done).toContainEqual(["after crash", ["x2"]]);
    expect(printed).toMatch(/Up in .*: addons 3 s.*\n$/);
  });

  it("shows the outputs of the state that the answer was awaited by, and asks for none again", async () => {
    await up({ stack: "x2" });
    expect(done.at(-1)).toEqual(["show", "x2", { GATEWAY_URL: "http://10.0.0.2:31380" }]);
  });

  it("works on the stack that is taken where none is named, and nowhere else", async () => {
    await up({});
    expect(done).toContainEqual([
      "engine",
      "up --yes --skip-preview --suppress-outputs --stack selected --log",
      { ENGINE: "/engine", LOG: "yes" },
    ]);
    expect(whats()[0]).toBe("taken");
    for (const what of ["select", "ready", "show"])
      expect(done.find(([one]) => one === what)?.[1], what).toBe("selected");
  });

  it.each([
    [undefined, false],
    [true, true],
  ])("heals only where it was told to: %j", async (heal, isHealed) => {
    await up({ stack: "x2", heal });
    expect(done).toContainEqual(["ready", "x2", isHealed]);
  });

  it("takes a stack that was moved to the chosen backend only where it is there, before it is selected", async () => {
    await up({ stack: "x2", backendMoved: true });
    expect(whats()).not.toContain("backend");
    expect(whats().indexOf("moved")).toBeLessThan(whats().indexOf("select"));
    done.splice(0);
    world.refuses = { moved: new UserError("it is not there") };
    await expect(up({ stack: "x2", backendMoved: true })).rejects.toThrow("it is not there");
    expect(whats()).not.toContain("select");
  });

  it.each(["name", "backend", "preconditions", "own file", "ready"])(
    "runs no engine where it is refused by: %s",
    async (by) => {
      world.refuses = { [by]: new UserError("refused") };
      await expect(up({ stack: "x2" })).rejects.toThrow("refused");
      expect(whats()).not.toContain("engine");
      // The file of a stack that has none would be written as the embedded seat's.
      if (by === "own file") expect(whats()).not.toContain("select");
    },
  );

  it.each([1, 255])("fails where the engine ends with %i, and does not say that the seat is up", async (code) => {
    world.code = code;
    await expect(up({ stack: "x2" })).rejects.toThrow(
      "The seat is not up: pulumi's message is above. After you have fixed the cause, `npm run up -- --stack x2` continues from here; `npm run down -- --stack x2` removes everything.",
    );
    expect(whats()).not.toContain("show");
    expect(printed).not.toContain("Up in");
  });

  describe("of an object that was deleted by hand", () => {
    const urn = "urn:pulumi:x2::istio-lab::kubernetes:core/v1:Service::blog-api";
    const message = 'unable to get cluster state: services "api" not found';
    const lost = [
      { timestamp: 11, resOpFailedEvent: { metadata: { op: "update", urn } } },
      { timestamp: 11, diagnosticEvent: { urn, severity: "error", message } },
    ];
    const engines = () => done.filter(([what]) => what === "engine").map(([, args]) => args);

    it("refreshes that one alone, says so, and tries once more", async () => {
      Object.assign(world, { codes: [1, 0, 0], lost });
      await up({ stack: "x2" });
      expect(engines()).toEqual([
        "up --yes --skip-preview --suppress-outputs --stack x2 --log",
        `refresh --yes --skip-preview --skip-pending-creates --suppress-outputs --stack x2 --target ${urn}`,
        "up --yes --skip-preview --suppress-outputs --stack x2 --log",
      ]);
      expect(printed).toContain("Not found: blog-api.");
      expect(printed).toContain("Up in");
    });

    it("tries no third time", async () => {
      Object.assign(world, { codes: [1, 0, 1], lost });
      await expect(up({ stack: "x2" })).rejects.toThrow("The seat is not up");
      expect(engines()).toHaveLength(3);
    });

    it("fails where the refresh does, and names the repair", async () => {
      Object.assign(world, { codes: [1, 1], lost });
      await expect(up({ stack: "x2" })).rejects.toThrow(
        "`npm run repair -- --stack x2 --yes` restores what is missing.",
      );
      expect(engines()).toHaveLength(2);
    });
  });
});
