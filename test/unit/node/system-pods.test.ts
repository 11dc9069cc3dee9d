import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { applyManifests, waitForPods, waitForSystem } from "../../../embedded/node/addons";
import { kubeconfigOf } from "../existing/api-server";

const { world } = vi.hoisted(() => ({ world: { now: 0, onSleep: () => {} } }));
// No test waits: what sleeps goes on at once, and the clock has gone on.
vi.mock("node:timers/promises", () => ({
  setTimeout: async (milliseconds: number) => ((world.now += milliseconds), world.onSleep()),
}));

/** What is in the cluster, and what was written to it. */
let pods: object[];
let deployments: object[];
let nodes: object[];
let events: object[];
let patched: [path: string, query: string, type: string, body: { kind: string }][];
let refusals: number;
let server: http.Server;
let folder: string;
let kubeconfig: string;

beforeAll(async () => {
  const kinds = (...resources: [string, string, boolean][]) => ({
    resources: resources.map(([kind, name, namespaced]) => ({ kind, name, namespaced })),
  });
  server = http.createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      const [at, query = ""] = request.url!.split("?") as [string, string?];
      const answers: Record<string, unknown> = {
        "/api/v1": kinds(["Namespace", "namespaces", false], ["ConfigMap", "configmaps", true]),
        "/apis/apps/v1": kinds(["Deployment", "deployments", true]),
        "/apis/apps/v1/namespaces/kube-system/deployments": { items: deployments },
        "/api/v1/namespaces/kube-system/pods": {
          items: pods.filter(
            (pod) => (pod as { metadata: { namespace: string } }).metadata.namespace === "kube-system",
          ),
        },
        "/api/v1/pods": { items: pods },
        "/api/v1/nodes": { items: nodes },
        "/api/v1/namespaces/kube-system/events": { items: events },
      };
      const isRefused = request.method === "PATCH" && (refusals -= 1) >= 0;
      if (request.method === "PATCH" && !isRefused)
        patched.push([at, query, request.headers["content-type"]!, JSON.parse(body) as { kind: string }]);
      response
        .writeHead(isRefused ? 404 : 200, { "content-type": "application/json" })
        .end(
          isRefused
            ? '{"message":"namespaces not found"}'
            : JSON.stringify(request.method === "PATCH" ? JSON.parse(body) : answers[at]),
        );
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "istio-lab-pods-"));
  kubeconfig = path.join(folder, "kubeconfig");
  fs.writeFileSync(kubeconfig, kubeconfigOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  fs.rmSync(folder, { recursive: true });
});
beforeEach(() => {
  [pods, deployments, nodes, events, patched, refusals] = [[], [], [], [], [], 0];
  Object.assign(world, { now: 1_000_000, onSleep: () => {} });
  vi.spyOn(Date, "now").mockImplementation(() => world.now);
});
afterEach(() => void vi.restoreAllMocks());

const START = Date.parse("2026-11-29T10:00:00.700Z");
const pod = (
  name: string,
  {
    namespace = "kube-system",
    ready = "True",
    started = "2026-11-29T10:00:00Z",
    phase = "Running",
    ...metadata
  }: Record<string, string> = {},
) => ({
  metadata: { name, namespace, ...metadata },
  status: {
    phase,
    conditions: [
      { type: "PodScheduled", status: "True" },
      { type: "Ready", status: ready },
    ],
    containerStatuses: [
      {
        name: "c",
        state: started === "" ? { waiting: { reason: "ImagePullBackOff" } } : { running: { startedAt: started } },
      },
    ],
  },
});
const deployment = (
  name: string,
  available: number | undefined,
  replicas?: number,
  [generation, observedGeneration] = [2, 2],
) => ({
  metadata: { name, generation },
  spec: { replicas },
  status: { availableReplicas: available, observedGeneration },
});

describe("manifests", () => {
  const manifests = [
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, namespace: a}\n",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: c, namespace: a}\n",
  ];

  it("are applied on the server, every document of every text, as the lab's own and by force", async () => {
    await applyManifests(kubeconfig, manifests);
    expect(patched.map(([at]) => at).sort()).toEqual([
      "/api/v1/namespaces/a",
      "/api/v1/namespaces/a/configmaps/b",
      "/apis/apps/v1/namespaces/a/deployments/c",
    ]);
    for (const [, query, type] of patched)
      expect([Object.fromEntries(new URLSearchParams(query)), type]).toEqual([
        { fieldManager: "istio-lab", force: "true" },
        "application/apply-patch+yaml",
      ]);
    expect(patched.map(([, , , { kind }]) => kind).sort()).toEqual(["ConfigMap", "Deployment", "Namespace"]);
  });

  it("are tried again while the apiserver makes its namespaces, and not for ever", async () => {
    refusals = 4;
    await applyManifests(kubeconfig, manifests);
    expect(patched).toHaveLength(3);
    refusals = Infinity;
    await expect(applyManifests(kubeconfig, manifests, 500)).rejects.toThrow("namespaces not found");
  });
});

describe("the system is waited for", () => {
  const wait = (patience?: number) => waitForSystem(kubeconfig, new Date(START), patience);

  it.each<[string, () => void]>([
    ["a Deployment has fewer than its replicas", () => (deployments = [deployment("coredns", 1, 2)])],
    [
      "a Deployment has none, and does not say how many it is to have",
      () => (deployments = [deployment("coredns", undefined)]),
    ],
    ["a Deployment's newest version was not looked at", () => (deployments = [deployment("coredns", 1, 1, [3, 2])])],
    ["a pod is not ready", () => (pods = [pod("coredns", { ready: "False" })])],
    [
      "a pod's container is of the time before the start",
      () => (pods = [pod("coredns", { started: "2026-11-29T09:59:59Z" })]),
    ],
    ["a pod's container does not run", () => (pods = [pod("coredns", { started: "" })])],
  ])("while %s", async (_, become) => {
    become();
    world.onSleep = () => {
      deployments = [deployment("coredns", 2, 2), deployment("local-path", 1)];
      pods = [pod("coredns")];
    };
    await wait();
    expect(world.now).toBe(1_000_100);
  });

  it("and not for a pod on its way out, nor for those of other namespaces", async () => {
    pods = [
      pod("coredns", { ready: "False", deletionTimestamp: "2026-11-29T10:00:01Z" }),
      pod("x", { namespace: "default", ready: "False" }),
    ];
    await wait();
    expect(world.now).toBe(1_000_000);
  });

  it("not for ever; then everything that is open is named, with what an expert would ask", async () => {
    deployments = [deployment("coredns", 0), deployment("storage", 1)];
    pods = [pod("coredns-1", { ready: "False", started: "", phase: "Pending" }), pod("storage-1")];
    nodes = [
      {
        metadata: { name: "a" },
        status: { conditions: [{ type: "Ready", status: "False", message: "container runtime is down" }] },
      },
      { metadata: { name: "b" } },
    ];
    events = [
      ...Array.from({ length: 6 }, (_, index) => ({ type: "Warning", message: `warned ${index}` })),
      { type: "Normal", message: "pulled" },
    ].map((event, index) => ({ ...event, metadata: { name: `${index}` }, involvedObject: {} }));
    await expect(wait(500)).rejects.toThrow(
      [
        "Not available after 0.5 s: coredns, pod kube-system/coredns-1.",
        "node a: container runtime is down",
        "node b: has no state yet",
        "pod coredns-1: Pending ImagePullBackOff",
        "pod storage-1: Running",
        ...[1, 2, 3, 4, 5].map((index) => `warning: warned ${index}`),
      ].join("\n"),
    );
    expect(world.now).toBe(1_000_600);
  });

  it("and that there is no node is said", async () => {
    deployments = [deployment("coredns", 0)];
    await expect(wait(0)).rejects.toThrow("Not available after 0 s: coredns.\nthere is no node");
  });
});

describe("the pods of a seat that was started are waited for", () => {
  const wait = (patience?: number) => waitForPods(kubeconfig, new Date(START), patience);

  it("in every namespace, but for those that have ended", async () => {
    pods = [
      pod("a", { namespace: "default" }),
      pod("job", { phase: "Succeeded", ready: "False" }),
      pod("shot", { phase: "Failed", ready: "False" }),
    ];
    expect(await wait()).toEqual([]);
    expect(world.now).toBe(1_000_000);
  });

  it("for a minute; then those that are not ready are given, and nobody judges them", async () => {
    pods = [
      pod("a", { namespace: "default", ready: "False" }),
      pod("b", { namespace: "blog", started: "2026-11-29T09:00:00Z" }),
      pod("c"),
    ];
    expect(await wait()).toEqual(["pod default/a", "pod blog/b"]);
    expect(world.now).toBe(1_060_250);
    world.onSleep = () => void (pods = []);
    expect(await wait()).toEqual([]);
  });
});
