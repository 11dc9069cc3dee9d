import { beforeEach, describe, expect, it, vi } from "vitest";
import { clusterStatusOf } from "../../../cli/targets/cluster-status";
import { afterCrash } from "../../../cli/stack/recovery";
import type { Deployment } from "../../../cli/stack/stack";

const { done, world } = vi.hoisted(() => ({
  done: [] as unknown[][],
  world: { settings: {} as object, context: undefined as unknown },
}));
const note = vi.hoisted(
  () =>
    (what: string, ...more: unknown[]) => (done.push([what, ...more]), [what]),
);
vi.mock("../../../base/paths", () => ({ projectRoot: "/checkout" }));
vi.mock("../../../embedded/node/seat", () => ({}));
vi.mock("../../../cli/stack/orphans", () => ({
  endLostEngines: async (checkout: string, stacks: string[]) => note("engines", checkout, stacks),
  endOrphans: (checkout: string) => note("orphans", checkout),
}));
vi.mock("../../../cli/stack/state", () => ({
  breakDeadLocks: (state: string, stack: string) => note("locks", state, stack),
  repairCheckpoint: (state: string, stack: string) => note("checkpoint", state, stack),
}));
vi.mock("../../../cli/stack/settings", () => ({ settingsOf: async () => world.settings }));
vi.mock("../../../components/cluster/existing/kubeconfig", () => ({
  chooseContext: (existing: unknown) => {
    if (world.context instanceof Error) throw world.context;
    return { text: `${String(existing)} now` };
  },
}));
vi.mock("../../../cli/targets/azure/cluster-status", () => ({
  azureClusterStatus: async (...args: unknown[]) => note("azure", ...args),
  azureWorld: (_: unknown, stack: string) => `azure of ${stack}`,
}));
vi.mock("../../../cli/targets/minikube/cluster-status", () => ({
  minikubeClusterStatus: async (...args: unknown[]) => note("minikube", ...args),
}));
vi.mock("../../../cli/targets/existing/cluster-status", () => ({
  existingClusterStatus: async (...args: unknown[]) => note("existing", ...args),
}));
vi.mock("../../../cli/targets/embedded/cluster-status", () => ({
  embeddedClusterStatus: async (...args: unknown[]) => note("embedded", ...args),
}));

beforeEach(() => {
  done.splice(0);
  Object.assign(world, { settings: { target: "existing", existing: "kubeconfig" }, context: undefined });
});

describe("after a run that was killed", () => {
  it("engines end before what they left, then the locks of every stack are broken, and its checkpoint is mended", async () => {
    expect(await afterCrash({ env: {}, state: "/state" }, ["anna", "bela"])).toEqual([
      "engines",
      "orphans",
      "locks",
      "checkpoint",
      "locks",
      "checkpoint",
    ]);
    expect(done).toEqual([
      ["engines", "/checkout", ["anna", "bela"]],
      ["orphans", "/checkout"],
      ["locks", "/state", "anna"],
      ["checkpoint", "/state", "anna"],
      ["locks", "/state", "bela"],
      ["checkpoint", "/state", "bela"],
    ]);
  });

  it("in a folder of the user's own only the locks are broken; a state that is no file of this machine is left to its backend", async () => {
    expect(await afterCrash({ env: {}, locks: "/theirs" }, ["anna"])).toEqual(["engines", "orphans", "locks"]);
    expect(done.at(-1)).toEqual(["locks", "/theirs", "anna"]);
    expect(await afterCrash({ env: {} }, ["anna"])).toEqual(["engines", "orphans"]);
  });
});

describe("what is known of a seat's cluster", () => {
  const on = (component?: string): Deployment => ({
    resources: component === undefined ? [] : [{ urn: "", type: `istio-lab:cluster:${component}` }],
    pending: 0,
  });
  const ask = (state: Deployment) => clusterStatusOf({ env: {} }, "x2", state);

  it.each<[string, string, unknown[]]>([
    ["Azure", "azure", ["azure of x2"]],
    ["Minikube", "minikube", []],
    ["Existing", "existing", ["kubeconfig now"]],
    ["Embedded", "embedded", []],
  ])("is asked on its own target, by the state: %s", async (component, target, more) => {
    const state = on(component);
    await ask(state);
    expect(done).toEqual([[target, "x2", state, ...more]]);
  });

  it.each<[string, object]>([
    ["the config leads to another target by now", { settings: { target: "embedded", existing: "kubeconfig" } }],
    ["the config leads nowhere", { context: new Error("no such file") }],
  ])("has no second kubeconfig where %s", async (_, how) => {
    Object.assign(world, how);
    const state = on("Existing");
    await ask(state);
    expect(done).toEqual([["existing", "x2", state, undefined]]);
  });

  it("of a stack without a seat is nothing to lose", async () =>
    expect(await ask(on())).toEqual({ is: "there", seen: "stack x2 has no seat yet" }));
});
