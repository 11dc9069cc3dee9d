import { beforeEach, describe, expect, it, vi } from "vitest";
import { statusOf } from "../../../../cli/class/status";
import type { Deployment } from "../../../../cli/stack/stack";
import { aClass, aSeat } from "../run/a-class";

const { world } = vi.hoisted(() => ({
  world: {
    state: undefined as unknown,
    holder: undefined as string | undefined,
    target: "embedded",
    machine: {} as object,
    pods: [] as unknown,
    tasks: [] as unknown,
    asked: [] as string[],
  },
}));
const answer = vi.hoisted(() => <T>(value: T): T => {
  if (value instanceof Error) throw value;
  return value;
});
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const readFileSync = (file: string, ...options: never[]) =>
    file.startsWith("/kubeconfigs/") ? (world.asked.push(file), "kubeconfig") : fs.readFileSync(file, ...options);
  return { ...fs, readFileSync };
});
vi.mock("../../../../cli/stack/stack", () => ({
  exportStack: async () => answer(world.state),
  targetOf: () => world.target,
}));
vi.mock("../../../../cli/stack/state", () => ({
  holderOf: (state: string, stack: string) => (world.asked.push(`${state} ${stack}`), world.holder),
}));
vi.mock("../../../../cli/stack/kubeconfig", () => ({
  kubeconfigFile: async (_: unknown, stack: string) => `/kubeconfigs/${stack}`,
}));
vi.mock("../../../../embedded/node/status", () => ({ seatStatus: async () => world.machine }));
vi.mock("../../../../cli/class/roster/validate", () => ({
  seatFileSettings: () => ({ settings: { lessons: ["blog"] } }),
}));
vi.mock("../../../../cli/check", async (original) => ({
  ...(await original<object>()),
  readTasks: async (source: { stack: string; settings: object; installed: string[] }) => (
    world.asked.push(`tasks of ${source.stack}: ${source.installed.join()}`),
    answer(world.tasks)
  ),
}));
vi.mock("../../../../kube", async (original) => ({
  ...(await original<object>()),
  Api: class {
    list = async (path: string) => (world.asked.push(path), answer(world.pods));
  },
}));

const stack = (outputs: object) => ({ urn: "", type: "pulumi:pulumi:Stack", outputs });
const made = (outputs: object = { GATEWAY_URL: "http://192.0.2.1" }, pending = 0) =>
  ({
    resources: [{ urn: "", type: "other", outputs: { GATEWAY_URL: "http://wrong" } }, stack(outputs)],
    pending,
  }) as Deployment;
const pod = {
  metadata: { name: "a", namespace: "blog" },
  status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
};
const look = (state: string | undefined = "/state") =>
  statusOf(
    { workspace: { env: {}, ...(state !== undefined && { state }) }, roster: aClass(1).roster },
    { ...aSeat(1), expires: new Date("2026-12-01T00:00:00Z") },
    true,
  );

beforeEach(
  () =>
    void Object.assign(world, {
      state: made(),
      holder: undefined,
      target: "embedded",
      machine: { state: "running" },
      pods: [pod],
      tasks: [],
      asked: [],
    }),
);

describe("a seat with a stack", () => {
  it("is up where its machine runs and its cluster answers, by its own kubeconfig, with pods", async () => {
    expect(await look()).toMatchObject({
      seat: "seat-01",
      phase: "done",
      doing: "up, 1 pods ready",
      gatewayUrl: "http://192.0.2.1",
      resources: 2,
      expires: "2026-12-01T00:00:00.000Z",
    });
    expect(world.asked).toEqual(["/state seat-01", "/kubeconfigs/seat-01", "/api/v1/pods", "tasks of seat-01: "]);
    expect(await look()).not.toHaveProperty("tasks");
  });

  it("has the tasks of the lessons that are installed, and is up where they cannot be asked", async () => {
    const tasks = [{ task: "blog-a", state: "open" }];
    Object.assign(world, { tasks, state: made({ GATEWAY_URL: "http://192.0.2.1", lessons: { blog: "x" } }) });
    expect(await look()).toMatchObject({ phase: "done", tasks });
    expect(world.asked).toContain("tasks of seat-01: blog");
    Object.assign(world, { tasks: new Error("no record\nof tasks") });
    const unknown = await look();
    expect(unknown).toMatchObject({ phase: "done", tasksUnknown: "no record of tasks" });
    expect(unknown).not.toHaveProperty("tasks");
  });

  it.each<[string, Partial<typeof world>, string | RegExp]>([
    ["its state cannot be read", { state: new Error("no access") }, "no access"],
    ["a killed run left something open", { state: made(undefined, 1) }, /^half-made/],
    ["it has no gateway yet", { state: made({}) }, /^half-made; /],
    ["its gateway is no text", { state: made({ GATEWAY_URL: { ciphertext: "x" } }) }, /^half-made; /],
    ["its machine is dead", { machine: { state: "dead" } }, "its machine is dead; `class up` recreates it"],
    [
      "nobody knows of its machine",
      { machine: { state: "running", problem: "seat.json cannot be read" } },
      "seat.json cannot be read",
    ],
    ["its cluster does not answer", { pods: new Error("ECONNREFUSED") }, "ECONNREFUSED"],
    ["another cluster answers, without a pod", { pods: [] }, "its cluster answers and has no pods"],
  ])("has failed where %s", async (_, how, trouble) => {
    Object.assign(world, how);
    expect(await look()).toMatchObject({
      phase: "failed",
      trouble: typeof trouble === "string" ? trouble : expect.stringMatching(trouble),
    });
  });

  it("waits where it was stopped", async () => {
    Object.assign(world, { machine: { state: "stopped" } });
    expect(await look()).toMatchObject({ phase: "waiting", doing: "stopped; `class start` turns it on" });
  });

  it("is worked on where somebody holds it, whatever else is the matter, and waits while nothing is made", async () => {
    Object.assign(world, { holder: "7", state: made(undefined, 1) });
    expect(await look()).toMatchObject({ phase: "running", doing: "process 7 works on it" });
    Object.assign(world, { holder: undefined, state: { resources: [], pending: 0 } });
    expect(await look()).toMatchObject({
      phase: "waiting",
      doing: "the stack exists; nothing is made yet",
      resources: 0,
    });
  });

  it("elsewhere has no machine here to look at", async () => {
    Object.assign(world, { target: "azure", machine: { state: "absent" } });
    expect(await look()).toMatchObject({ phase: "done" });
  });
});
