import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startServices, stopServices } from "../../../embedded/node/bring-up";
import { layout } from "../../../embedded/node/layout";
import type { NodePlan } from "../../../embedded/node/plan";
import { startService, stopService } from "../../../embedded/node/supervisor";

/** What was run and signalled, in order, and what answers. */
const { world } = vi.hoisted(() => ({
  world: {
    did: [] as string[],
    silent: "",
    pods: [] as { pid: number; start: string }[],
    alive: new Set<number>(),
    slept: 0,
    fails: (_: string): boolean => false,
  },
}));
// No test waits: what sleeps goes on at once, and the clock has gone on.
vi.mock("node:timers/promises", () => ({
  setTimeout: async (milliseconds: number) => void (world.slept += milliseconds),
}));
vi.mock("../../../embedded/node/apiserver", () => ({
  waitReady: async (_: object, address: string, patience: number | undefined, question: string) => (
    world.did.push(`${address}${question}${patience ?? ""}`),
    question !== world.silent
  ),
}));
vi.mock("../../../embedded/node/run", () => ({
  run: async (program: string, args: string[]) => {
    const said = [program, ...args.slice(0, -1), path.basename(args.at(-1)!)].join(" ");
    world.did.push(said);
    if (world.fails(said)) throw new Error("s6-svc: fatal: it does not listen");
    return "";
  },
}));
vi.mock("../../../embedded/node/processes", () => ({
  podProcesses: () => world.pods,
  isAlive: ({ pid }: { pid: number }) => world.alive.has(pid),
  ownProcesses: () => [],
}));

let folder: string;
let plan: NodePlan;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-services-"));
  plan = { layout: layout(folder), name: "a", address: "10.231.0.2", snapshotter: "overlayfs", shared: {} };
  Object.assign(world, { did: [], silent: "", pods: [], alive: new Set(), slept: 0, fails: () => false });
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true });
});

describe("a node's services are started", () => {
  it("each when it can serve: what the others stand on, then the kubelet, and what would give up only when the apiserver is ready", async () => {
    await startServices(plan, async () => void world.did.push("served"));
    expect(world.did.filter((what) => what !== "served")).toEqual([
      "s6-svc -u etcd", "s6-svc -u kube-apiserver", "s6-svc -u containerd",
      "10.231.0.2/livez/ping", "s6-svc -u kubelet",
      "10.231.0.2/readyz", "s6-svc -u kube-controller-manager", "s6-svc -u kube-scheduler", "s6-svc -u kube-proxy",
    ]); // prettier-ignore
    // What an administrator does meanwhile needs the apiserver, and does not wait for the rest.
    expect(world.did.indexOf("served")).toBeGreaterThan(world.did.indexOf("s6-svc -u kubelet"));
    expect(world.did.indexOf("served")).toBeLessThan(world.did.indexOf("s6-svc -u kube-controller-manager"));
  });

  it.each([
    ["serve", "/livez/ping", "s6-svc -u containerd"],
    ["get ready", "/readyz", "s6-svc -u kubelet"],
  ])("and where the apiserver does not %s, its last words and etcd's are told", async (_, silent, last) => {
    world.silent = silent;
    for (const service of ["kube-apiserver", "etcd"]) {
      fs.mkdirSync(path.join(plan.layout.logs, service), { recursive: true });
      fs.writeFileSync(
        path.join(plan.layout.logs, service, "current"),
        Array.from({ length: 7 }, (_, line) => `${service} ${line}\n`).join(""),
      );
    }
    const words = (service: string) =>
      `${plan.layout.logs}/${service}/current ends with:\n${[2, 3, 4, 5, 6].map((line) => `${service} ${line}`).join("\n")}`;
    await expect(startServices(plan)).rejects.toThrow(
      `The apiserver is not ready.\n${words("kube-apiserver")}\n${words("etcd")}`,
    );
    expect(world.did.filter((what) => what.startsWith("s6")).at(-1)).toBe(last);
  });

  it("and waited for where one has written nothing", async () => {
    world.silent = "/readyz";
    await expect(startServices(plan)).rejects.toThrow(`${plan.layout.logs}/etcd/current ends with:\n`);
  });

  it("and is not kept down any more: the supervisor starts it again whenever it ends", async () => {
    const down = path.join(plan.layout.services, "etcd", "down");
    fs.mkdirSync(path.dirname(down), { recursive: true });
    fs.writeFileSync(down, "");
    await startService(plan.layout, "etcd");
    expect([fs.existsSync(down), world.did]).toEqual([false, ["s6-svc -u etcd"]]);
  });

  it("once its supervisor listens, which is tried for two seconds", async () => {
    world.fails = () => world.did.length < 4;
    await startService(plan.layout, "etcd");
    expect([world.did.length, world.slept]).toEqual([4, 60]);
    Object.assign(world, { did: [], slept: 0, fails: () => true });
    await expect(startService(plan.layout, "etcd")).rejects.toThrow(
      "The service etcd cannot be started: s6-svc: fatal: it does not listen",
    );
    expect([world.did.length, world.slept]).toEqual([101, 2000]);
  });
});

describe("a node's services are stopped", () => {
  const kills: string[] = [];
  let onKill = () => {};
  beforeEach(() => {
    kills.splice(0);
    onKill = () => {};
    vi.spyOn(Date, "now").mockImplementation(() => world.slept);
    vi.spyOn(process, "kill").mockImplementation((pid, signal) => {
      kills.push(`${signal} ${pid}`);
      world.did.push(`${signal} ${pid}`);
      onKill();
      if (pid === 404) throw Object.assign(new Error("kill ESRCH"), { code: "ESRCH" });
      if (pid === 1) throw Object.assign(new Error("kill EPERM"), { code: "EPERM" });
      return true;
    });
  });
  const pods = (...pids: number[]) => {
    world.pods = pids.map((pid) => ({ pid, start: "1" }));
    world.alive = new Set(pids);
  };
  const REST = ["kube-proxy", "kube-scheduler", "kube-controller-manager", "containerd"].map(
    (name) => `s6-svc -wd -T 1500 -d ${name}`,
  );

  it("in order: the kubelet before the pods, etcd after all that write to it", async () => {
    pods(10, 11);
    onKill = () => void (kills.length === 2 && (world.pods = []));
    await stopServices(plan.layout);
    expect(world.did).toEqual([
      "s6-svc -wd -T 1000 -d kubelet",
      "SIGTERM 10",
      "SIGTERM 11",
      ...REST,
      "s6-svc -wd -T 1500 -d kube-apiserver",
      "s6-svc -wd -T 2000 -d etcd",
    ]);
  });

  it("with what does not end of the pods killed after three seconds, and no process that has ended before", async () => {
    pods(10, 11, 404);
    world.alive.delete(11);
    await stopServices(plan.layout);
    expect([kills, world.slept]).toEqual([["SIGTERM 10", "SIGTERM 404", "SIGKILL 10", "SIGKILL 404"], 3000]);
  });

  it("not where a pod may not be ended: that is no end", async () => {
    pods(1);
    await expect(stopServices(plan.layout)).rejects.toThrow("EPERM");
  });

  it("by force where one does not end in time, and that is enough", async () => {
    world.fails = (said) => said.includes("-wd");
    await stopService(plan.layout, "etcd", 2000);
    expect(world.did).toEqual(["s6-svc -wd -T 2000 -d etcd", "s6-svc -k etcd"]);
    world.fails = () => true;
    await expect(stopService(plan.layout, "etcd", 2000)).resolves.toBeUndefined();
  });
});
