import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { preflight } from "../../../cli/commands/preflight";
import { traffic } from "../../../cli/commands/traffic";
import type { Finding } from "../../../cli/preflight/finding";
import type { Taking } from "../../../cli/stack/taken";

const { world, asked } = vi.hoisted(() => ({
  asked: [] as string[],
  world: {
    target: "existing",
    seat: false,
    failed: 0,
    plain: [] as object[],
    machine: [] as object[],
    ofTarget: [] as object[],
    ownCluster: [] as object[],
  },
}));
vi.mock("../../../cli/stack/workspace", () => ({ openWorkspace: () => ({ env: {}, engine: "/pulumi" }) }));
vi.mock("../../../cli/stack/stack", () => ({
  requireStackName: (stack: string) => void asked.push(`name ${stack}`),
  fileConfig: () => ({}),
  makeStack: async (_: unknown, stack: string) => void asked.push(`make ${stack}`),
  exportStack: async () => ({ resources: [] }),
}));
vi.mock("../../../cli/stack/taken", () => ({
  takenStack: async (named: string | undefined, { to, say }: Taking) =>
    named ?? (asked.push(`taken to ${to}`), say("Stack selected, which is selected."), "selected"),
}));
vi.mock("../../../cli/stack/same-backend", () => ({
  requireSameBackend: (stack: string) => void asked.push(`backend ${stack}`),
}));
vi.mock("../../../cli/stack/settings", () => ({ settingsOf: async () => ({}) }));
vi.mock("../../../cli/terminal/progress", () => ({ runSteps: async () => undefined }));
vi.mock("../../../cli/targets", () => ({
  requireTarget: () => world.target,
  commandsOf: () => ({
    preconditions: () => void asked.push("preconditions"),
    stages: () => [],
    findings: async () => world.ofTarget,
  }),
}));
vi.mock("../../../cli/preflight/own-cluster", () => ({
  hasEmbeddedSeat: async () => world.seat,
  ownClusterFindings: async () => world.ownCluster,
  clusterKubeconfig: async () => undefined,
}));
vi.mock("../../../cli/targets/embedded/machine", () => ({ machineFindings: () => world.machine }));
vi.mock("../../../cli/preflight/finding", async (original) => ({
  ...(await original<object>()),
  plainSecretFindings: () => world.plain,
}));
vi.mock("../../../cli/traffic/seat", async (original) => ({
  ...(await original<object>()),
  findSeat: async (stack: string) => ({ stack, gatewayUrl: "http://gate", lessons: ["blog"] }),
  requireGateway: async () => void asked.push("gateway"),
}));
vi.mock("../../../cli/traffic/traffic", () => ({
  runTraffic: async (load: { target: { url: string }; rate: number; duration: number }) => (
    asked.push(`traffic ${load.target.url} ${load.rate} ${load.duration}`),
    {
      versions: { v1: 1 },
      errors: {},
      failures: [],
      seconds: [],
      sent: 1,
      answered: 1,
      failed: world.failed,
      skipped: 0,
      abandoned: 0,
      elapsed: 1,
      rate: 1,
      asked: load,
    }
  ),
}));

const finding = (status: Finding["status"], name = "room"): Finding => ({ name, status, seen: `${name} is ${status}` });
let [printed, said] = ["", ""];
beforeEach(() => {
  Object.assign(world, {
    target: "existing",
    seat: false,
    failed: 0,
    plain: [],
    machine: [],
    ofTarget: [],
    ownCluster: [],
  });
  asked.splice(0);
  [printed, said] = ["", ""];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((printed += String(text)), true));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => ((said += String(text)), true));
  process.exitCode = undefined;
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

describe("the exit code of preflight", () => {
  it.each(["plain", "ofTarget", "ownCluster"] as const)(
    "is 1 where one of its parts refuses (%s), and 0 where it is a notice",
    async (part) => {
      for (const json of [true, false]) {
        for (const [status, code] of [
          ["refused", 1],
          ["notice", 0],
        ] as const) {
          Object.assign(world, { [part]: [finding("ok", "first"), finding(status)] });
          printed = "";
          await preflight({ stack: "s", json });
          expect(process.exitCode).toBe(code);
          expect(printed).toContain(`room is ${status}`);
          if (json)
            expect(JSON.parse(printed)).toMatchObject({
              stack: "s",
              target: "existing",
              refused: code === 1,
              findings: [{ status: "ok" }, { status }],
            });
          else
            expect(printed).toContain(
              code === 1 ? "Refused: `npm run up -- --stack s` would make nothing." : "Preflight found no problems.",
            );
        }
      }
    },
  );

  it("is the machine's too for an embedded seat, and for no other", async () => {
    world.machine = [finding("refused", "disk")];
    await preflight({ stack: "s" });
    expect(process.exitCode).toBe(0);
    world.target = "embedded";
    await preflight({ stack: "s" });
    expect(process.exitCode).toBe(1);
  });

  it("asks an embedded seat only where it runs: nothing is built for that", async () => {
    Object.assign(world, { target: "embedded", ownCluster: [finding("refused")] });
    await preflight({});
    expect([process.exitCode, asked]).toEqual([0, ["taken to make", "name selected", "backend selected"]]);
    expect(printed).toMatch(/^Stack selected, which is selected\.\n/);
    world.seat = true;
    await preflight({});
    expect(process.exitCode).toBe(1);
  });

  it("with --json says on standard error which stack was taken", async () => {
    await preflight({ json: true });
    expect(JSON.parse(printed)).toMatchObject({ stack: "selected" });
    expect(said).toBe("Stack selected, which is selected.\n");
    [printed, said] = ["", ""];
    await traffic({ rate: "1", duration: "1", json: true });
    expect(JSON.parse(printed)).toMatchObject({ stack: "selected" });
    expect(said).toMatch(/^Stack selected, which is selected\.\n/);
  });

  it("has a Service turned only in a cluster that is there", async () => {
    for (const option of [{ releaseLb: "a/b" }, { restoreLb: true as const }])
      await expect(preflight({ stack: "s", ...option })).rejects.toThrow("The stack has no cluster yet");
  });
});

describe("the exit code of traffic", () => {
  it.each([
    [0, 0],
    [1, 1],
    [7, 1],
  ])("with %i failed requests is %i, in text and in JSON", async (failed, code) => {
    for (const json of [true, false]) {
      Object.assign(world, { failed });
      [printed, said] = ["", ""];
      asked.splice(0);
      await traffic({ rate: "2.5", duration: "3", stack: "s", json });
      expect(process.exitCode).toBe(code);
      // Nothing is sent through a gateway that was not asked.
      expect(asked).toEqual(["gateway", "traffic http://gate/ 2.5 3"]);
      if (json) expect(JSON.parse(printed)).toMatchObject({ stack: "s", lesson: "blog", failed });
      expect(json ? said : printed).toContain(
        "Lesson blog of stack s: 2.5 requests a second for 3 s to http://gate/ with Host",
      );
    }
  });
});
