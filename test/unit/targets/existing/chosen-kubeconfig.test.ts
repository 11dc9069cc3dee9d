import { beforeEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../../../../base/errors";
import { chosenKubeconfig, currentKubeconfig, kubeconfigNow } from "../../../../cli/targets/existing/chosen-kubeconfig";
import type { Settings } from "../../../../config";
import { kubeconfigOf } from "../../existing/api-server";

const { world } = vi.hoisted(() => ({ world: { settings: (): object => ({}) } }));
vi.mock("../../../../cli/stack/settings", () => ({ settingsOf: async () => world.settings() }));

const workspace = { env: {} };
const text = kubeconfigOf("https://cluster.example:6443");
const existing = (kubeconfig: string, more: object = {}) => ({ target: "existing", existing: { kubeconfig, ...more } });
beforeEach(() => void (world.settings = () => existing(text)));

describe("the kubeconfig that a stack's config selects", () => {
  it("is its own text", async () => {
    expect(chosenKubeconfig(existing(text) as Settings)).toContain("https://cluster.example:6443");
    expect(await currentKubeconfig(workspace, "x2")).toContain("https://cluster.example:6443");
    expect(await kubeconfigNow(workspace, "x2")).toContain("https://cluster.example:6443");
  });

  it("is refused as the user's error where it selects none; there is then no second one to try", async () => {
    const wrong = existing(text, { context: "no-such-context" });
    expect(() => chosenKubeconfig(wrong as Settings)).toThrow(UserError);
    expect(() => chosenKubeconfig(wrong as Settings)).toThrow("no-such-context");
    world.settings = () => wrong;
    expect(await currentKubeconfig(workspace, "x2")).toBeUndefined();
  });

  it("is none on another target", async () => {
    world.settings = () => ({ ...existing(text), target: "minikube" });
    expect(await currentKubeconfig(workspace, "x2")).toBeUndefined();
  });

  it("is none where the config is invalid; a defect is told", async () => {
    world.settings = () => {
      throw new UserError("istio-lab:mtls: MAYBE is not a mode");
    };
    await expect(currentKubeconfig(workspace, "x2")).rejects.toThrow("MAYBE");
    expect(await kubeconfigNow(workspace, "x2")).toBeUndefined();
    world.settings = () => {
      throw new TypeError("nothing is undefined");
    };
    await expect(kubeconfigNow(workspace, "x2")).rejects.toThrow(TypeError);
  });
});
