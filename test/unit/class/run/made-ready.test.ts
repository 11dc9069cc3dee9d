import { beforeEach, describe, expect, it, vi } from "vitest";
import { afterKilledRuns, prepareClass, withEngine } from "../../../../cli/class/run/prepare";
import { UserError } from "../../../../base/errors";
import { aClass } from "./a-class";

const { world, done } = vi.hoisted(() => ({
  done: [] as unknown[][],
  world: { configs: {} as Record<string, object>, refuses: undefined as Error | undefined },
}));
const opened = vi.hoisted(() => ({ env: { PULUMI_HOME: "/home" }, engine: { home: "/home", version: "3" } }));
vi.mock("../../../../cli/class/roster/seat-file", () => ({
  seatConfig: (_: unknown, { seat }: { seat: string }, overlay: object) => ({ ...world.configs[seat], ...overlay }),
}));
vi.mock("../../../../cli/targets", () => ({
  commandsFor: (target: string) => ({
    preconditions: () => {
      done.push(["preconditions", target]);
      if (world.refuses !== undefined && target === "minikube") throw world.refuses;
    },
    stages: (config: object) => [[["stage", config]]],
  }),
}));
vi.mock("../../../../cli/stack/engine", () => ({ linkEngine: (home: string) => done.push(["link", home]) }));
vi.mock("../../../../cli/stack/engine-step", () => ({ engineStep: () => "engine" }));
vi.mock("../../../../cli/terminal/progress", () => ({
  runSteps: async (steps: unknown[][][]) => done.push(["steps", ...steps.flat(2)]),
}));
vi.mock("../../../../cli/stack/provider", () => ({
  providerStep: ({ env }: typeof opened) => `provider in ${env.PULUMI_HOME}`,
  providerLine: () => "the official provider",
}));
vi.mock("../../../../cli/stack/workspace", () => ({ openWorkspace: () => opened }));
vi.mock("../../../../cli/stack/recovery", () => ({
  afterCrash: async (...args: unknown[]) => (done.push(["crash", ...args]), ["Ended an engine.", "Broke a lock."]),
}));

const said: string[] = [];
const say = (line: string) => void said.push(line);
beforeEach(() => {
  done.splice(0);
  said.splice(0);
  world.refuses = undefined;
  world.configs = {
    "seat-01": { target: "embedded" },
    "seat-02": { target: "minikube" },
    "seat-03": { target: "embedded" },
  };
});

describe("a class is made ready", () => {
  it("by what every target of it asks of this machine first, then by what each different config lacks, once", async () => {
    const of = aClass(3);
    expect(await prepareClass(of, { mtls: "STRICT" }, say)).toEqual({ ...of, workspace: opened });
    expect(done).toEqual([
      ["preconditions", "embedded"],
      ["preconditions", "minikube"],
      ["steps", "stage", { target: "embedded", mtls: "STRICT" }],
      ["steps", "stage", { target: "minikube", mtls: "STRICT" }],
      ["link", "/home"],
      ["steps", "provider in /home"],
    ]);
    expect(said).toEqual(["the official provider"]);
  });

  it("not at all where one of its targets cannot be here: nothing was fetched", async () => {
    world.refuses = new UserError("minikube is not there");
    await expect(prepareClass(aClass(3), {}, say)).rejects.toThrow("minikube is not there");
    expect(done.filter(([what]) => what !== "preconditions")).toEqual([]);
  });

  it("after killed runs by what is found of every seat, and says each", async () => {
    const of = aClass(2);
    await afterKilledRuns(of, say);
    expect(done).toEqual([["crash", of.workspace, ["seat-01", "seat-02"], say]]);
    expect(said).toEqual(["Ended an engine.", "Broke a lock."]);
  });
});

describe("where nothing is made", () => {
  it.each([
    ["there is none", undefined, [["steps", "engine"]]],
    ["there is one (not then)", opened.engine, []],
  ])("an engine is fetched where %s, and the provider looked for", async (_, engine, first) => {
    const of = aClass(1);
    const ready = await withEngine({
      ...of,
      workspace: { ...of.workspace, ...(engine && { engine }) } as typeof of.workspace,
    });
    expect(ready.workspace).toBe(opened);
    expect(done).toEqual([...first, ["link", "/home"], ["steps", "provider in /home"]]);
  });
});
