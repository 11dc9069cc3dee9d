import * as fs from "node:fs";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { acceptMovedStack, exportStack, makeStack, selectStack } from "../../../cli/stack/stack";
import { requireOwnFile } from "../../../cli/stack/teardown";
import { project, put, textOf } from "../class/roster/project";

const { world } = vi.hoisted(() => ({
  world: { stacks: [] as object[], components: [] as string[], operations: [] as object[], asked: [] as string[] },
}));
vi.mock("../../../base/paths", async () => (await import("../class/roster/project.ts")).project);
vi.mock("../../../cli/stack/workspace", () => ({
  pulumiOutput: async (_: unknown, args: string[]) => {
    world.asked.push(args.join(" "));
    if (args[1] === "ls") return JSON.stringify(world.stacks);
    if (args[1] === "export")
      return JSON.stringify({
        deployment: {
          resources: world.components.map((name) => ({ urn: name, type: `istio-lab:cluster:${name}` })),
          ...(world.operations.length > 0 && { pending_operations: world.operations }),
        },
      });
    return "";
  },
}));

const workspace = { env: {} };
const listed = (name: string, more: object = {}) => ({ name, current: false, resourceCount: 3, ...more });
const noteOf = (stack: string) => path.join(project.labRoot(), "stacks", `${stack}.json`);

beforeEach(() => {
  for (const name of ["PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"]) vi.stubEnv(name, undefined);
  vi.stubEnv("PULUMI_HOME", path.join(project.projectRoot, "pulumi-home"));
  Object.assign(world, { stacks: [], components: [], operations: [], asked: [] });
  fs.rmSync(project.labRoot(), { recursive: true, force: true });
  fs.rmSync(path.join(project.projectRoot, "Pulumi.x2.yaml"), { force: true });
});
afterEach(() => void vi.unstubAllEnvs());

describe("a stack whose config file is missing", () => {
  const own = () => requireOwnFile(workspace, "x2");

  it.each([
    ["Existing", "existing"],
    ["Azure", "azure"],
    ["Minikube", "minikube"],
  ])(
    "is refused with a seat on %s: the copy of another file would move the seat, and delete its cluster",
    async (component, target) => {
      Object.assign(world, { stacks: [listed("x2")], components: [component] });
      await expect(own()).rejects.toThrow(
        `Stack x2 has a seat on target ${target}, and its config file Pulumi.x2.yaml is missing. Nothing has been changed. Restore the file, or take the seat down, for which the state is enough: \`npm run down -- --stack x2\`.`,
      );
      expect(fs.existsSync(path.join(project.projectRoot, "Pulumi.x2.yaml"))).toBe(false);
    },
  );

  it("is refused also in the middle of a move to this machine", async () => {
    Object.assign(world, { stacks: [listed("x2")], components: ["Embedded", "Azure", "Existing"] });
    await expect(own()).rejects.toThrow("a seat on target existing and azure,");
  });

  it.each<[string, object]>([
    ["there is no stack of it: another's state is not looked at", { stacks: [listed("x20")], components: ["Azure"] }],
    ["its seat is the embedded one", { stacks: [listed("x2")], components: ["Embedded"] }],
    ["it has no seat", { stacks: [listed("x2")], components: [] }],
  ])("begins anew where %s", async (_, more) => {
    Object.assign(world, more);
    await expect(own()).resolves.toBeUndefined();
  });

  it("is asked for nothing where the file is there", async () => {
    put(project.projectRoot, "Pulumi.x2.yaml", "config: {}\n");
    Object.assign(world, { stacks: [listed("x2")], components: ["Azure"] });
    await own();
    expect(world.asked).toEqual([]);
  });
});

describe("selecting a stack", () => {
  it("writes a new one's file as the embedded seat's without its lock and its place, and notes the backend", async () => {
    put(
      project.projectRoot,
      "Pulumi.embedded.yaml",
      "encryptionsalt: v1:x\nencryptedkey: k\nconfig:\n  istio-lab:target: embedded\n  istio-lab:embedded:\n    addressRange: 10.240.0.0/30\n    serviceType: NodePort\n",
    );
    await selectStack(workspace, "x2");
    expect(textOf(project.projectRoot, "x2")).toBe(
      "config:\n  istio-lab:target: embedded\n  istio-lab:embedded:\n    serviceType: NodePort\n",
    );
    expect(world.asked).toEqual(["stack select --create x2 --non-interactive"]);
    // A backend's URL may hold a password.
    expect([noteOf("x2"), path.dirname(noteOf("x2"))].map((file) => fs.statSync(file).mode & 0o777)).toEqual([
      0o600, 0o700,
    ]);
  });

  it("leaves a file that is there as it is", async () => {
    put(project.projectRoot, "Pulumi.x2.yaml", "config:\n  istio-lab:target: azure # mine\n");
    await selectStack(workspace, "x2");
    expect(textOf(project.projectRoot, "x2")).toBe("config:\n  istio-lab:target: azure # mine\n");
  });
});

describe("a stack that is only asked about", () => {
  it("is made where there is none, as a copy of the embedded seat's, and the selection stays", async () => {
    await makeStack(workspace, "x2");
    expect(world.asked).toEqual(["stack ls --json", "stack init x2 --no-select --non-interactive"]);
    expect([textOf(project.projectRoot, "x2") !== undefined, fs.existsSync(noteOf("x2"))]).toEqual([true, true]);
  });

  it("is left as it is where it is there", async () => {
    world.stacks = [listed("x2")];
    await makeStack(workspace, "x2");
    expect(world.asked).toEqual(["stack ls --json"]);
  });
});

describe("up --backend-moved", () => {
  it.each<[string, object[]]>([
    ["no such stack", [listed("x20")]],
    ["one without resources", [listed("x2", { resourceCount: 0 })]],
    ["one whose resources are not known", [{ name: "x2", current: false }]],
    ["no stack", []],
  ])("is refused where the chosen backend has %s: a second one would begin", async (_, stacks) => {
    world.stacks = stacks;
    await expect(acceptMovedStack(workspace, "x2")).rejects.toThrow(
      "has no stack x2 with resources. Nothing has been changed.",
    );
    expect(fs.existsSync(noteOf("x2"))).toBe(false);
  });

  it("notes the chosen backend where it has the stack with its resources", async () => {
    world.stacks = [listed("x1"), listed("x2")];
    await acceptMovedStack(workspace, "x2");
    expect(fs.existsSync(noteOf("x2"))).toBe(true);
  });
});

describe("a stack's state", () => {
  it("has its secrets only where they are asked for, and counts what is open", async () => {
    world.operations = [{ type: "creating", resource: { urn: "u", type: "t" } }];
    expect(await exportStack(workspace, "x2")).toMatchObject({ pending: 1, operations: world.operations });
    await exportStack(workspace, "x2", "with secrets");
    expect(world.asked.map((words) => words.includes("--show-secrets"))).toEqual([false, true]);
  });
});
