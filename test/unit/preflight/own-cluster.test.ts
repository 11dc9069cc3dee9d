import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { PreflightContext } from "../../../cli/preflight/finding";
import { ownClusterFindings } from "../../../cli/preflight/own-cluster";
import { parseConfig } from "../../../config";

const { world } = vi.hoisted(() => ({
  world: {
    asked: [] as Record<string, unknown>[],
    seat: { state: "running" } as { state: string; problem?: string },
    power: "running",
    file: undefined as string | undefined,
  },
}));
vi.mock("../../../cli/preflight/cluster", () => ({
  clusterFindings: async (of: Record<string, unknown>) => (
    world.asked.push(of),
    [{ name: "cluster", status: "ok", seen: "fine" }]
  ),
}));
vi.mock("../../../cli/stack/kubeconfig", () => ({ kubeconfigIfThere: async () => world.file }));
vi.mock("../../../cli/targets/minikube/power", () => ({ powerOf: async () => ({ state: world.power }) }));
vi.mock("../../../cli/stack/stack", () => ({ seatFolderOf: () => "/seats/x2" }));
vi.mock("../../../embedded/node/status", () => ({ seatStatus: async () => world.seat }));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-own-cluster-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));
const file = path.join(folder, "kubeconfig");
fs.writeFileSync(file, "KUBECONFIG");
beforeEach(() => void Object.assign(world, { asked: [], seat: { state: "running" }, power: "running", file }));

const profile = { urn: "", type: "pulumi-nodejs:dynamic/cluster:Profile", outputs: { cpus: 3 } };
const ask = (target: string, more: Record<string, string> = {}, resources: object[] = []) =>
  ownClusterFindings({
    stack: "x2",
    settings: { ...parseConfig({ target: "embedded", ...more }), target },
    workspace: { env: {} },
    state: { pending: 0, resources },
  } as unknown as PreflightContext);

describe("the cluster that a stack has made is asked", () => {
  it.each([
    ["azure", {}, "LoadBalancer"],
    ["minikube", {}, "NodePort"],
    ["embedded", {}, "NodePort"],
    ["embedded", { embedded: '{"serviceType":"ClusterIP"}' }, "ClusterIP"],
  ])("on %s with %j by the type of its gateway's Service: %s", async (target, config, serviceType) => {
    await ask(target, config as Record<string, string>);
    expect(world.asked).toEqual([
      expect.objectContaining({ kubeconfig: "KUBECONFIG", stack: "x2", owned: true, serviceType }),
    ]);
  });

  it("on minikube by the size that its profile was made with, and by its config's for what that does not say", async () => {
    await ask("minikube", { minikube: '{"cpus":4,"memory":8192}' }, [profile]);
    expect(world.asked[0]).toMatchObject({ most: { cpu: 3000, memory: 8192 * 2 ** 20 } });
    await ask("azure", {}, [profile]);
    expect(world.asked[1]).not.toHaveProperty("most");
  });

  it.each<[string, string, object]>([
    ["it is somebody's", "existing", {}],
    ["it was not made", "azure", { file: undefined }],
    ["it does not run", "embedded", { seat: { state: "stopped" } }],
    ["its profile does not run", "minikube", { power: "stopped" }],
  ])("not where %s", async (_, target, is) => {
    Object.assign(world, is);
    expect([await ask(target), world.asked]).toEqual([[], []]);
  });

  it("not where its record cannot be read: that is told", async () => {
    world.seat = { state: "unknown", problem: "seat.json is broken" };
    await expect(ask("embedded")).rejects.toThrow("seat.json is broken");
  });
});
