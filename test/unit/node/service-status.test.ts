import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { layout } from "../../../embedded/node/layout";
import { serviceStatus } from "../../../embedded/node/supervisor";

const { world } = vi.hoisted(() => ({
  world: { processes: [] as { pid: number; parent: number; command: string; owner?: number }[] },
}));
vi.mock("../../../embedded/node/processes", () => ({
  ownProcesses: () => world.processes.map(({ pid, parent }) => ({ pid, parent, start: "1" })),
  commandOf: (pid: number) => world.processes.find((one) => one.pid === pid)!.command.split(" "),
  age: ({ pid }: { pid: number }) => pid,
}));
vi.mock("../../../base/process-owner", () => ({
  belongsTo: (uid: number, pid: number) => (world.processes.find((one) => one.pid === pid)?.owner ?? 0) === uid,
}));

let folder: string;
beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-01-02T12:00:00Z"), toFake: ["Date"] });
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-status-"));
  for (const name of ["kubelet", "etcd", "containerd", ".s6-svscan"])
    fs.mkdirSync(path.join(layout(folder).services, name), { recursive: true });
});
afterEach(() => {
  vi.useRealTimers();
  fs.rmSync(folder, { recursive: true });
});

it("a service is up while its own supervisor has a child, and since that one began", () => {
  world.processes = [
    { pid: 1, parent: 0, command: "s6-svscan" },
    { pid: 10, parent: 1, command: "s6-supervise etcd" },
    { pid: 11, parent: 10, command: "etcd --name=seat" },
    { pid: 20, parent: 1, command: "s6-supervise etcd/log" },
    { pid: 21, parent: 20, command: "s6-log" },
    { pid: 30, parent: 1, command: "s6-supervise kubelet" },
  ];
  expect(serviceStatus(layout(folder))).toEqual([
    { name: "containerd", up: false },
    { name: "etcd", up: true, pid: 11, since: "2026-01-02T11:59:49.000Z" },
    { name: "kubelet", up: false },
  ]);
});

it.each([
  ["a supervisor's name", 10],
  ["a service's place", 11],
])("a process of another user does not take %s", (_, pid) => {
  world.processes = [
    { pid: 10, parent: 1, command: "s6-supervise etcd" },
    { pid: 11, parent: 10, command: "etcd" },
  ];
  world.processes.find((one) => one.pid === pid)!.owner = 1000;
  expect(serviceStatus(layout(folder))).toContainEqual({ name: "etcd", up: false });
});
