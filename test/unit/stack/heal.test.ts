import { beforeEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../../../base/errors";
import { heal } from "../../../cli/stack/heal";
import type { ClusterStatus } from "../../../cli/targets/target";
import type { Deployment } from "../../../cli/stack/stack";
import { GONE_VMS } from "../../../components/cluster/azure/reachable-operations";

const { world, done } = vi.hoisted(() => ({
  done: [] as unknown[][],
  world: {
    state: undefined as unknown,
    status: undefined as unknown,
    refusal: undefined as Error | undefined,
    code: 0,
  },
}));
vi.mock("../../../cli/stack/stack", () => ({
  exportStack: async (...args: unknown[]) => (done.push(["export", ...args.slice(1)]), world.state),
}));
vi.mock("../../../cli/targets/cluster-status", () => ({
  clusterStatusOf: async (_: unknown, stack: string, state: unknown) => (
    done.push(["ask", stack, state]),
    world.status
  ),
}));
vi.mock("../../../cli/preflight/run", () => ({
  requirePreflight: async (_: unknown, stack: string, __: unknown, before?: unknown) => {
    done.push(["preflight", stack, before]);
    if (world.refusal !== undefined) throw world.refusal;
  },
}));
vi.mock("../../../cli/terminal/ending/in-terminal", () => ({
  runEngine: async (args: string[], env: object) => (done.push(["engine", args.join(" "), env]), world.code),
}));
vi.mock("../../../cli/stack/later", () => ({
  lostCluster: () => ({
    forget: async (_: unknown, stack: string) => (
      done.push(["forget", stack]),
      `Stack ${stack} has forgotten its 2 resources.`
    ),
  }),
}));

const on = (...components: string[]): Deployment => ({
  resources: components.map((name) => ({ urn: name, type: `istio-lab:cluster:${name}` })),
  pending: 0,
});
const lost: ClusterStatus = { is: "lost", evidence: "another cluster answers", goneVms: ["vm1"] };
let said: string[];
const healed = () => heal({ env: { HOME: "/home" } }, "x2", (line) => said.push(line));
const changes = () => done.filter(([what]) => what === "engine" || what === "forget");

beforeEach(() => {
  said = [];
  done.splice(0);
  Object.assign(world, { state: on("Azure"), status: lost, refusal: undefined, code: 0 });
});

describe("up --heal", () => {
  it("has nothing to ask or to change for a stack without resources", async () => {
    world.state = on();
    await (
      await healed()
    )();
    expect([done, said]).toEqual([[["export", "x2", "with secrets"]], []]);
  });

  it("changes nothing, and asks no preflight, where nobody knows whether the cluster is gone", async () => {
    world.status = { is: "unknown", seen: "https://a does not answer", todo: "Start it." };
    await expect(healed()).rejects.toThrow(
      "Nothing of stack x2 has been forgotten, because nothing proves that its cluster is gone. https://a does not answer. Start it.",
    );
    expect(done.map(([what]) => what)).toEqual(["export", "ask"]);
    expect(said).toEqual([]);
  });

  it("changes nothing where a seat is on two targets", async () => {
    world.state = on("Existing", "Azure");
    await expect(healed()).rejects.toThrow(
      "Stack x2 has resources on existing and on azure. Nothing has been forgotten.",
    );
    expect(done.map(([what]) => what)).toEqual(["export", "ask"]);
  });

  it("asks about the state that it exported, of this stack", async () => {
    await healed();
    expect(done).toContainEqual(["ask", "x2", world.state]);
  });

  it("tells the evidence first, and forgets what was in somebody's cluster only when the run goes on", async () => {
    world.state = on("Existing");
    const go = await healed();
    expect(said).toEqual([
      "The cluster of stack x2 is gone: another cluster answers. The state forgets what was in it.",
    ]);
    expect(changes()).toEqual([]);
    await go();
    expect(changes()).toEqual([["forget", "x2"]]);
    expect(said.at(-1)).toBe("Stack x2 has forgotten its 2 resources.");
  });

  it("refreshes what Azure has lost, and lets unreachable objects go for this one refresh", async () => {
    const go = await healed();
    expect(changes()).toEqual([]);
    await go();
    const command = "refresh --yes --skip-preview --skip-pending-creates --suppress-outputs --stack x2";
    expect(changes()).toEqual([
      ["engine", command, { HOME: "/home", PULUMI_K8S_DELETE_UNREACHABLE: "true", [GONE_VMS]: "vm1" }],
    ]);
  });

  it("refreshes a cluster that answers without letting anything go because it is unreachable", async () => {
    world.status = { is: "there", seen: "https://a answers" };
    await (
      await healed()
    )();
    expect(changes()).toEqual([["engine", expect.stringContaining("refresh"), { HOME: "/home" }]]);
  });

  it.each([
    ["a lost cluster is asked for as for a new seat", lost, "Azure", { resources: [], pending: 0 }],
    ["somebody's lost cluster too", lost, "Existing", { resources: [], pending: 0 }],
    ["a cluster that is there is asked for as it is", { is: "there", seen: "it answers" } as const, "Azure", undefined],
  ])("the preflight of %s", async (_, status, component, before) => {
    Object.assign(world, { status, state: on(component) });
    await healed();
    expect(done).toContainEqual(["preflight", "x2", before]);
  });

  it.each(["Azure", "Existing"])(
    "changes nothing where the preflight refuses the seat that is to be made anew, on %s",
    async (component) => {
      Object.assign(world, { state: on(component), refusal: new UserError("no room") });
      await expect(healed()).rejects.toThrow("no room");
      expect(changes()).toEqual([]);
    },
  );

  it("fails where the refresh fails, with what asks again", async () => {
    world.code = 255;
    await expect((await healed())()).rejects.toThrow(
      "Refreshing stack x2 failed, so its losses are unknown: pulumi's message is above. `npm run up -- --stack x2 --heal` asks again.",
    );
  });
});
