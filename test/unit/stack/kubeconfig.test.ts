import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { kubeconfigFile, kubeconfigIfThere, removeKubeconfig } from "../../../cli/stack/kubeconfig";
import { layout } from "../../../embedded/node/layout";
import { seatFolder } from "../../../base/paths";

const { world } = vi.hoisted(() => ({ world: { answer: "" as string | Error, asked: [] as string[] } }));
vi.mock("../../../cli/stack/workspace", () => ({
  pulumiOutput: async (_: unknown, args: string[]) => {
    world.asked.push(args.join(" "));
    if (world.answer instanceof Error) throw world.answer;
    return world.answer;
  },
}));

let lab: string;
const workspace = { env: {} };
const written = () => path.join(lab, "kubeconfig", "x2");
beforeEach(() => {
  lab = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-kubeconfig-")));
  vi.stubEnv("ISTIO_LAB_HOME", lab);
  Object.assign(world, { answer: "kind: Config", asked: [] });
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(lab, { recursive: true });
});

describe("the kubeconfig of a stack's seat", () => {
  it("is written for this user alone, in a folder of this user alone, anew each time", async () => {
    expect(await kubeconfigFile(workspace, "x2")).toBe(written());
    expect([written(), path.dirname(written())].map((file) => fs.statSync(file).mode & 0o777)).toEqual([0o600, 0o700]);
    world.answer = "kind: Other";
    await kubeconfigFile(workspace, "x2");
    expect(fs.readFileSync(written(), "utf8")).toBe("kind: Other\n");
    expect(world.asked).toEqual(Array(2).fill("stack output kubeconfig --show-secrets --stack x2"));
  });

  it("is an embedded seat's own file where there is one: Pulumi is not asked", async () => {
    const own = layout(seatFolder("x2")).kubeconfig;
    fs.mkdirSync(path.dirname(own), { recursive: true });
    fs.writeFileSync(own, "kind: Config");
    expect(await kubeconfigIfThere(workspace, "x2")).toBe(own);
    expect(world.asked).toEqual([]);
  });

  it.each([["no stack named 'x2' found"], ["current stack does not have output property 'kubeconfig'"]])(
    "is none where Pulumi says: %s",
    async (message) => {
      world.answer = new Error(message);
      expect(await kubeconfigIfThere(workspace, "x2")).toBeUndefined();
      await expect(kubeconfigFile(workspace, "x2")).rejects.toThrow(
        "Stack x2 has no seat. `npm run up -- --stack x2` makes it.",
      );
      expect(fs.existsSync(written())).toBe(false);
    },
  );

  it.each(["", "\n"])("is none where Pulumi prints %j", async (answer) => {
    world.answer = answer;
    expect(await kubeconfigIfThere(workspace, "x2")).toBeUndefined();
  });

  it.each(["403 Forbidden", "500 Internal Server Error", "i/o timeout", "incorrect passphrase"])(
    "is unknown, and not none, where Pulumi fails: %s",
    async (message) => {
      world.answer = new Error(message);
      await expect(kubeconfigIfThere(workspace, "x2")).rejects.toThrow(message);
      await expect(kubeconfigFile(workspace, "x2")).rejects.toThrow(message);
    },
  );

  it("is removed by its stack's name alone", async () => {
    await kubeconfigFile(workspace, "x2");
    await kubeconfigFile(workspace, "x20");
    removeKubeconfig("x2");
    removeKubeconfig("x3");
    expect(fs.readdirSync(path.dirname(written()))).toEqual(["x20"]);
  });
});
