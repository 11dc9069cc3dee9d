import { beforeEach, describe, expect, it, vi } from "vitest";
import { preflightOf, requirePreflight } from "../../../cli/preflight/run";
import { lazily } from "../../support/lazily";

const { world } = vi.hoisted(() => ({
  world: { findings: undefined as ((context: object) => Promise<object[]>) | undefined, asked: [] as object[] },
}));
vi.mock("../../../cli/targets", () => ({ commandsOf: (stack: string) => (stack === "x2" ? world : {}) }));
vi.mock("../../../cli/stack/stack", () => ({
  exportStack: async (_: unknown, stack: string) => ({ resources: [`exported of ${stack}`] }),
  fileConfig: () => ({ blog: `{"https":{"key":"-----BEGIN PRIVATE KEY-----"}}` }),
}));
vi.mock("../../../cli/stack/secret-values", () => ({ secretsIn: (key: string) => [`${key}.https.key`] }));

const workspace = { env: {} };
const notice = { name: "secret", status: "notice", seen: expect.stringContaining("blog.https.key") };

beforeEach(() => {
  Object.assign(world, { findings: undefined, asked: [] });
  lazily({ "../stack/settings": { settingsOf: async (_: unknown, stack: string) => `settings of ${stack}` } });
});

describe("the preflight of a stack", () => {
  it("has what its file says openly, and what its target finds by its own settings and state", async () => {
    world.findings = async (context) => (world.asked.push(context), [{ name: "room", status: "ok", seen: "" }]);
    expect(await preflightOf(workspace, "x2")).toMatchObject([notice, { name: "room" }]);
    const state = { resources: [], pending: 0 };
    await preflightOf(workspace, "x2", state);
    const context = { stack: "x2", settings: "settings of x2", workspace };
    expect(world.asked).toEqual([
      { ...context, state: { resources: ["exported of x2"] } },
      { ...context, state },
    ]);
  });

  it("asks no state where the target has nothing to find", async () => {
    expect(await preflightOf(workspace, "x2")).toMatchObject([notice]);
  });

  it("says its notices before up, and ends it where anything refuses", async () => {
    const said: string[] = [];
    world.findings = async () => [{ name: "room", status: "ok", seen: "there is" }];
    await requirePreflight(workspace, "x2", (line) => said.push(line));
    expect(said.join("\n")).toContain("blog.https.key");
    expect(said.join("\n")).not.toContain("there is");
    world.findings = async () => [{ name: "room", status: "refused", seen: "too little", todo: "make room" }];
    await expect(requirePreflight(workspace, "x2", (line) => said.push(line))).rejects.toThrow(
      /too little\n.*make room/,
    );
  });
});
