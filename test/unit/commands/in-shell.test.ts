import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../../../base/errors";
import { env } from "../../../cli/commands/env";
import { istioctl } from "../../../cli/commands/istioctl";
import { kubectl } from "../../../cli/commands/kubectl";
import { pulumi } from "../../../cli/commands/pulumi";
import { start } from "../../../cli/commands/start";
import type { Taking } from "../../../cli/stack/taken";
import { lazily } from "../../support/lazily";

const { world } = vi.hoisted(() => ({
  world: {
    did: [] as unknown[],
    engine: "/pulumi" as string | undefined,
    isBuilt: true,
    starts: undefined as ((stack: string, state: object) => Promise<string>) | undefined,
    kubeconfig: undefined as Error | undefined,
    istioctl: undefined as string | undefined,
    isNodeHere: false,
  },
}));
const takenStack = vi.hoisted(() => async (named: string | undefined, { to, say }: Taking) => {
  if (named === undefined) say("Stack selected, which is selected.");
  world.did.push(["taken", to]);
  return named ?? "selected";
});
vi.mock("../../../cli/stack/taken", () => ({ takenStack }));
vi.mock("../../../cli/stack/workspace", () => ({
  openWorkspace: () => ({ engine: world.engine, env: { PULUMI_HOME: "/home/it's me", PATH: "/pulumi:/bin" } }),
}));
vi.mock("../../../cli/stack/engine", () => ({ linkEngine: (home: string) => world.did.push(["link", home]) }));
vi.mock("../../../cli/stack/kubeconfig", () => ({
  kubeconfigFile: async (_: unknown, stack: string) => {
    if (world.kubeconfig !== undefined) throw world.kubeconfig;
    return `/kube/${stack}`;
  },
}));
vi.mock("../../../cli/seat/istioctl", () => ({
  builtIstioctl: () => world.istioctl,
  isBuiltFor: () => world.isNodeHere,
  istioctlOf: async (_: unknown, stack: string, say: (line: string) => void) => {
    say(`the user's, for ${stack}`);
    return "istioctl";
  },
}));
vi.mock("../../../cli/stack/stack", () => ({
  targetOf: (stack: string) => `target of ${stack}`,
  exportStack: async (_: unknown, stack: string) => ({ resources: [stack] }),
}));
vi.mock("../../../cli/targets", () => ({
  commandsNamed: (target: string) => (target === "target of x2" ? { start: world.starts } : undefined),
}));
vi.mock("../../../cli/terminal/ending/in-terminal", () => ({
  inTerminal: async (...given: unknown[]) => (world.did.push(["run", ...given]), 7),
  engineInTerminal: async (...given: unknown[]) => (world.did.push(["engine", ...given]), 9),
}));
vi.mock("../../../embedded", () => ({
  binary: (name: string) => {
    if (!world.isBuilt) throw new Error("not built");
    return `/built/${name}`;
  },
}));

let [out, err] = ["", ""];
const code = process.exitCode;
beforeEach(() => {
  Object.assign(world, {
    did: [],
    engine: "/pulumi",
    isBuilt: true,
    starts: undefined,
    kubeconfig: undefined,
    istioctl: undefined,
  });
  [out, err] = ["", ""];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((out += String(text)), true));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => ((err += String(text)), true));
});
afterEach(() => {
  process.exitCode = code;
  vi.restoreAllMocks();
});

describe("env", () => {
  it("prints lines that a shell reads, and none of the user's PATH", async () => {
    await env();
    expect(out).toBe(`export PULUMI_HOME='/home/it'\\''s me'\nexport KUBECONFIG='/kube/selected'\n`);
    expect(err).toContain("Stack selected");
    expect(world.did).toEqual([
      ["link", "/home/it's me"],
      ["taken", "use"],
    ]);
  });

  it("makes a stack that is named the one of npx pulumi as well", async () => {
    await env({ stack: "x2" });
    expect(out).toMatch(/^export PULUMI_STACK='x2'\nexport KUBECONFIG='\/kube\/x2'\n$/m);
  });

  it("puts the folder of the built istioctl into PATH, once", async () => {
    world.istioctl = "/the cache/istioctl-1/bin/istioctl";
    await env();
    expect(out).toMatch(/^export PATH='\/the cache\/istioctl-1\/bin'":\$PATH"\n$/m);
    vi.stubEnv("PATH", `/usr/bin:/the cache/istioctl-1/bin:${process.env.PATH}`);
    out = "";
    await env();
    expect(out).not.toContain("PATH");
    vi.unstubAllEnvs();
  });

  it("says how a seat of this machine gets its istioctl, and nothing of another's", async () => {
    await env({ stack: "x2" });
    expect(err).not.toContain("istioctl");
    world.isNodeHere = true;
    await env({ stack: "x2" });
    expect(err).toContain(
      "istioctl is not in PATH: it is not built yet. `npm run -s istioctl -- --stack x2 version` builds it.",
    );
    expect(out).not.toContain("PATH");
    world.isNodeHere = false;
  });

  it("without a seat still prints what Pulumi needs, and says on standard error what is missing", async () => {
    world.kubeconfig = new UserError("there is no seat");
    await env();
    expect(out).toMatch(/^export PULUMI_HOME=.*\n$/);
    expect(err).toMatch(/KUBECONFIG.*there is no seat/);
    world.kubeconfig = new TypeError("a defect");
    await expect(env()).rejects.toThrow("a defect");
  });
});

describe("kubectl", () => {
  it("is the one that was built, on the seat's own kubeconfig, and says nothing itself", async () => {
    await kubectl(["get", "pods"]);
    expect(world.did).toEqual([
      ["taken", "use"],
      ["run", "/built/kubectl", ["get", "pods"], { KUBECONFIG: "/kube/selected" }],
    ]);
    expect([out, err, process.exitCode]).toEqual(["", "", 7]);
  });

  it("is the user's where none was built, on the stack that is named", async () => {
    world.isBuilt = false;
    await kubectl(["version"], { stack: "x2" });
    expect(world.did.at(-1)).toEqual(["run", "kubectl", ["version"], { KUBECONFIG: "/kube/x2" }]);
  });
});

describe("istioctl", () => {
  it("runs on the seat's own kubeconfig; what is to be said goes to standard error", async () => {
    await istioctl(["analyze", "-A"]);
    expect(world.did).toEqual([
      ["taken", "use"],
      ["run", "istioctl", ["analyze", "-A"], { KUBECONFIG: "/kube/selected" }],
    ]);
    expect([out, err, process.exitCode]).toEqual(["", "the user's, for selected\n", 7]);
  });

  it("runs on the stack that is named", async () => {
    await istioctl(["version"], { stack: "x2" });
    expect(world.did.at(-1)).toEqual(["run", "istioctl", ["version"], { KUBECONFIG: "/kube/x2" }]);
  });
});

describe("pulumi", () => {
  it("is the engine with what was typed", async () => {
    await pulumi(["up", "--stack", "x2"]);
    expect(world.did).toEqual([["engine", ["up", "--stack", "x2"], expect.objectContaining({ PATH: "/pulumi:/bin" })]]);
    expect(process.exitCode).toBe(9);
  });

  it("without an engine says what gets it, for the stack that would be made", async () => {
    world.engine = undefined;
    lazily({ "../stack/taken": { takenStack } });
    await expect(pulumi(["up"])).rejects.toThrow(/npm run up -- --stack selected/);
    expect(world.did).toEqual([["taken", "make"]]);
    expect([out, err]).toEqual(["", ""]);
  });
});

describe("start", () => {
  it("starts what its target can start, by the state of the stack", async () => {
    world.starts = async (stack, state) => (world.did.push([stack, state]), "VM server started in");
    await start({ stack: "x2" });
    expect(world.did).toEqual([
      ["taken", "use"],
      ["x2", { resources: ["x2"] }],
    ]);
    expect(out).toMatch(/^VM server started in \d+\.\d s\.\n$/);
  });

  it.each(["x2", "x3"])("is refused on a target without machines to start: %s", async (stack) => {
    await expect(start({ stack })).rejects.toThrow(`npm run up -- --stack ${stack}`);
    await expect(start({ stack })).rejects.toThrow(UserError);
  });
});
