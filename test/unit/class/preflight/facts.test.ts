import { beforeEach, describe, expect, it, vi } from "vitest";
import { factsOf } from "../../../../cli/class/preflight/facts";
import type { Deployment } from "../../../../cli/stack/stack";
import { parseConfig } from "../../../../config";
import { aClass } from "../run/a-class";

/** Config of the seats in their order, the stacks' states, the seats that this machine has, and what was asked. */
const { world } = vi.hoisted(() => ({
  world: {
    configs: {} as Record<string, Record<string, string>>,
    states: {} as Record<string, Deployment["resources"]>,
    here: [] as string[],
    asked: [] as string[],
  },
}));
vi.mock("../../../../cli/class/roster/validate", async () => ({
  seatFileSettings: (_: object, { seat }: { seat: string }) => ({
    settings: parseConfig(world.configs[seat]!),
    locked: ["blog.https.key"],
  }),
}));
vi.mock("../../../../cli/stack/stack", () => ({
  listStacks: async () => (world.asked.push("list"), Object.keys(world.states).map((name) => ({ name }))),
  exportStack: async (_: object, stack: string) => (
    world.asked.push(`export ${stack}`),
    { resources: world.states[stack]!, pending: 0 }
  ),
}));
vi.mock("../../../../cli/targets", () => ({
  commandsFor: (target: string) =>
    target === "azure" || target === "existing"
      ? {}
      : {
          isHere: async (stack: string, { target: asked }: { target: string }) => (
            world.asked.push(`${asked} ${stack}`),
            world.here.includes(stack)
          ),
        },
}));

const EXISTING = { target: "existing" };
const AZURE = {
  target: "azure",
  azure: '{"location": "westeurope", "adminCidrs": ["203.0.113.0/24"], "traineeCidrs": ["203.0.113.0/24"]}',
};
const MINIKUBE = { target: "minikube", minikube: '{"profile": "mine"}' };
const vm = (id: string) => ({
  urn: "",
  type: "azure-native:compute:VirtualMachine",
  id,
  inputs: { hardwareProfile: { vmSize: "Standard_D4s_v5" } },
});
const guard = { urn: "", type: "pulumi-nodejs:dynamic/cluster:Guard", id: "cluster-1" };

async function facts(...configs: Record<string, string>[]) {
  const of = aClass(configs.length);
  world.configs = Object.fromEntries(of.roster.seats.map(({ seat }, index) => [seat, configs[index]!]));
  return factsOf({ ...of, workspace: { env: {}, engine: "/engine" } });
}
beforeEach(() => void Object.assign(world, { states: {}, here: [], asked: [] }));

describe("whether a seat of a class is there already", () => {
  it("is said by the state of its stack where its machine is not this one: by its VMs, or by its cluster", async () => {
    world.states = { "seat-01": [vm("/vm/1"), vm("/vm/2")], "seat-02": [guard], "seat-03": [], "seat-04": [] };
    const found = await facts(AZURE, EXISTING, AZURE, EXISTING);
    expect(found.map(({ seat, there }) => [seat.seat, there])).toEqual([
      ["seat-01", true],
      ["seat-02", true],
      ["seat-03", false],
      ["seat-04", false],
    ]);
    expect(found[0]!.machines.map(({ id }) => id)).toEqual(["/vm/1", "/vm/2"]);
    expect(found[1]!.own.cluster).toBe("cluster-1");
    expect(found.map(({ locked }) => locked)).toEqual(Array(4).fill(["blog.https.key"]));
  });

  it("is asked of this machine where it is made here, by its name and its own config, and of no state", async () => {
    world.states = { "seat-01": [], "seat-02": [], "seat-03": [] };
    world.here = ["seat-01", "seat-02"];
    expect((await facts({ target: "embedded" }, MINIKUBE, { target: "embedded" })).map(({ there }) => there)).toEqual([
      true,
      true,
      false,
    ]);
    expect(world.asked.sort()).toEqual(["embedded seat-01", "embedded seat-03", "list", "minikube seat-02"]);
  });

  it("is no where it has no stack yet: there is no state to ask", async () => {
    world.states = { "seat-02": [guard] };
    expect((await facts(EXISTING, EXISTING)).map(({ there }) => there)).toEqual([false, true]);
    expect(world.asked).toEqual(["list", "export seat-02"]);
  });

  it("is no without an engine: nobody has made a stack here", async () => {
    world.configs = { "seat-01": EXISTING };
    expect((await factsOf(aClass(1))).map(({ there, own }) => [there, own])).toEqual([[false, { namespaces: [] }]]);
    expect(world.asked).toEqual([]);
  });
});
