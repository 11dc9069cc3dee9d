import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../../../base/errors";
import { installedAddons, readStack } from "../../../cli/seat/stack-outputs";
import { addonNames, addonOf } from "../../../components/addons/catalog";
import { kubeconfigOf } from "../existing/api-server";

const { world } = vi.hoisted(() => ({
  world: {
    engine: true,
    target: "embedded",
    folder: "/seats/x2" as string | undefined,
    status: {} as object,
    outputs: {} as object | Error,
    powers: [] as unknown[],
    kubeconfig: "",
    refused: undefined as Promise<never> | undefined,
  },
}));
vi.mock("../../../cli/stack/workspace", () => ({
  openWorkspace: () => (world.engine ? { env: {}, engine: {} } : { env: {} }),
  pulumiOutput: async (_: unknown, args: string[]) => {
    expect(args).toEqual(["stack", "output", "--json", "--stack", "x2"]);
    if (world.outputs instanceof Error) throw world.outputs;
    return JSON.stringify(world.outputs);
  },
}));
vi.mock("../../../cli/stack/stack", () => ({ targetOf: () => world.target, seatFolderOf: () => world.folder }));
vi.mock("../../../cli/stack/settings", () => ({
  settingsOf: async () => world.refused ?? { target: world.target, addons: ["zipkin"], minikube: { profile: "p" } },
}));
vi.mock("../../../cli/stack/kubeconfig", () => ({ kubeconfigFile: async () => world.kubeconfig }));
vi.mock("../../../cli/targets/minikube/power", () => ({
  powerOf: async (_: string, minikube: object) => minikube,
  requirePower: (...args: unknown[]) => void world.powers.push(args),
}));
vi.mock("../../../embedded/node/status", () => ({ seatStatus: async () => world.status }));

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-outputs-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));
const outputs = {
  GATEWAY_URL: "http://10.231.0.2:31380",
  INGRESS_HOST: "10.231.0.2",
  SECURE_INGRESS_PORT: 31390,
  lessons: { blog: "http://b", backend: "http://c" },
  KIALI_URL: "http://k",
};

beforeEach(() => {
  Object.assign(world, {
    engine: true,
    target: "embedded",
    folder: "/seats/x2",
    status: { state: "running" },
    outputs,
    powers: [],
    refused: undefined,
    kubeconfig: path.join(folder, "kubeconfig"),
  });
  fs.writeFileSync(world.kubeconfig, kubeconfigOf("https://10.231.0.2:6443"));
});

describe("a seat that is to be checked", () => {
  it("is read of its stack's outputs and config, and its cluster by the stack's own kubeconfig", async () => {
    const { kubeconfig, workspace: _, ...seat } = await readStack("x2");
    expect(seat).toEqual({
      stack: "x2",
      kubeconfigFile: world.kubeconfig,
      settings: expect.objectContaining({ target: "embedded" }),
      gatewayUrl: "http://10.231.0.2:31380",
      ingressHost: "10.231.0.2",
      securePort: 31390,
      installed: ["blog", "backend"],
      addons: expect.arrayContaining(["kiali"]),
      kialiUrl: "http://k",
    });
    expect(kubeconfig.getCurrentCluster()?.server).toBe("https://10.231.0.2:6443");
    world.outputs = { GATEWAY_URL: "http://g" };
    expect(await readStack("x2")).not.toHaveProperty("kialiUrl");
    expect((await readStack("x2")).installed).toEqual([]);
  });

  it("is none where there is no engine, with the command that gets it", async () => {
    world.engine = false;
    await expect(readStack("x2")).rejects.toThrow(
      new UserError(
        "There is no seat to check: the Pulumi engine is not installed yet. `npm run up -- --stack x2` installs it and makes the seat.",
      ),
    );
  });

  it.each<[string, object | Error]>([
    ["has no output", {}],
    ["was destroyed", { GATEWAY_URL: "" }],
    ["is not there", new Error("error: no stack named 'x2' found")],
  ])("is none where its stack %s", async (_, said) => {
    world.outputs = said;
    await expect(readStack("x2")).rejects.toThrow(
      new UserError("Stack x2 has no seat. `npm run up -- --stack x2` makes it."),
    );
  });

  it("is none also where the config is refused first, and the refusal is told where there is one", async () => {
    world.refused = Promise.reject(new UserError("istio-lab:target: is not set"));
    await expect(readStack("x2")).rejects.toThrow("istio-lab:target: is not set");
    world.outputs = new Promise((resolve) => setImmediate(resolve, {}));
    await expect(readStack("x2")).rejects.toThrow(
      new UserError("Stack x2 has no seat. `npm run up -- --stack x2` makes it."),
    );
  });

  it("is unknown where Pulumi could not be asked", async () => {
    world.outputs = new Error("passphrase must be set");
    await expect(readStack("x2")).rejects.toThrow("passphrase must be set");
  });

  it.each([
    [{ state: "unknown", problem: "/seats/x2/seat.json is no record" }, "/seats/x2/seat.json is no record"],
    [{ state: "stopped" }, "The seat of stack x2 is stopped. `npm run embedded -- start --seat x2` starts it again."],
    [{ state: "creating" }, "The seat of stack x2 is being made right now. Check it after that has ended."],
    [
      { state: "dead" },
      "The seat of stack x2 is gone: its processes have ended. `npm run up -- --stack x2` recreates it.",
    ],
    [{ state: "absent" }, "Stack x2 has no seat. `npm run up -- --stack x2` makes it."],
  ])("says itself how it is where it is on this machine: %j", async (status, message) => {
    world.status = status;
    await expect(readStack("x2")).rejects.toThrow(new UserError(message));
  });

  it("is not asked for on this machine where it is elsewhere, or can have no folder", async () => {
    world.status = { state: "dead" };
    Object.assign(world, { target: "existing" });
    await readStack("x2");
    Object.assign(world, { target: "embedded", folder: undefined });
    await readStack("x2");
    expect(world.powers).toEqual([]);
  });

  it("is asked for its power where it is minikube's", async () => {
    world.target = "minikube";
    await readStack("x2");
    expect(world.powers).toEqual([["x2", { profile: "p" }]]);
  });
});

describe("an addon is installed", () => {
  const pages = addonNames.filter((name) => addonOf(name).localPort !== undefined);
  const without = addonNames.filter((name) => !pages.includes(name));

  it("that has pages, by its output; one without them, by the config", () => {
    expect([pages.length, without.length].every((count) => count > 0)).toBe(true);
    for (const name of pages)
      expect([
        installedAddons({ [`${name.toUpperCase()}_URL`]: "u" }, { addons: [] }),
        installedAddons({}, { addons: [name] }),
      ]).toEqual([[name], []]);
    for (const name of without)
      expect([
        installedAddons({ [`${name.toUpperCase()}_URL`]: "u" }, { addons: [] }),
        installedAddons({}, { addons: [name] }),
      ]).toEqual([[], [name]]);
  });
});
