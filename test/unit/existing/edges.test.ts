import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Api } from "../../../kube";
import type { ClusterKind, Thing } from "../../../components/cluster/existing/inventory";
import { leaveMarker } from "../../../components/cluster/existing/marker";
import { sorted } from "../../../components/cluster/existing/ours";
import { survey } from "../../../components/cluster/existing/survey";
import { takeAway } from "../../../components/cluster/existing/take-away";
import { istios } from "../../../components/cluster/existing/users";
import { definition, emptyCluster, ofRelease, paths, type ApiServer } from "./api-server";

const MARKERS = "/api/v1/namespaces/kube-system/configmaps";
let server: ApiServer;
let api: Api;
beforeEach(async () => {
  server = await emptyCluster("cluster-1");
  api = new Api(server.kubeconfig);
});
afterEach(() => server.stop());

describe("what is looked for in a cluster", () => {
  const requests = (cpu: string) => ({ resources: { requests: { cpu, memory: "1Mi" } } });
  const pod = (name: string, phase: string | undefined, spec: object) => ({
    metadata: { name, namespace: "shop" },
    spec,
    ...(phase && { status: { phase } }),
  });

  it("is what runs or waits: a pod that has ended takes nothing, of either end", async () => {
    server.add(
      "/api/v1/pods",
      ...["Running", "Pending", "Succeeded", "Failed", undefined].map((phase, index) =>
        pod(`p${index}`, phase, { containers: [requests(`${index + 1}`)] }),
      ),
    );
    expect((await survey(api, false)).pods.map(({ cpu }) => cpu)).toEqual([1000, 2000, 5000]);
  });

  it("is what a pod takes as long as it runs: its containers and the sidecars among its init containers", async () => {
    const init = [{ ...requests("10"), restartPolicy: "Always" }, requests("100")];
    server.add(
      "/api/v1/pods",
      pod("p", "Running", { containers: [requests("1"), requests("2")], initContainers: init }),
      pod("q", "Running", { containers: [{}] }),
    );
    expect((await survey(api, false)).pods.map(({ cpu, namespace }) => [cpu, namespace])).toEqual([
      [13_000, "shop"],
      [0, "shop"],
    ]);
  });

  it("is every port that a Service takes of the nodes, that of its health check among them", async () => {
    const ports = [
      { port: 80, nodePort: 30080 },
      { port: 443, nodePort: 30443 },
      { port: 9, nodePort: 0 },
      { port: 10 },
    ];
    server.add(
      "/api/v1/services",
      {
        metadata: { name: "s", namespace: "shop" },
        spec: { type: "LoadBalancer", ports, healthCheckNodePort: 31999 },
        status: { loadBalancer: { ingress: [{ ip: "192.0.2.1" }, { hostname: "lb.example" }, {}] } },
      },
      { metadata: { name: "t", namespace: "shop" }, spec: {} },
    );
    expect((await survey(api, false)).services).toEqual([
      {
        id: "shop/s",
        type: "LoadBalancer",
        ports: [80, 443, 9, 10],
        nodePorts: [30080, 30443, 31999],
        addresses: ["192.0.2.1", "lb.example"],
      },
      { id: "shop/t", type: "ClusterIP", ports: [], nodePorts: [], addresses: [] },
    ]);
  });
});

describe("two stacks at once", () => {
  const owner = { seat: "s-1", stack: "shared", project: "istio-lab" };

  it.each<[string, object | number, string | undefined]>([
    [
      "the other's marker is there",
      { metadata: { uid: "m" }, data: { seat: "s-2", stack: "other", project: "istio-lab" } },
      "The cluster has the seat of stack other of project istio-lab (ConfigMap kube-system/istio-lab, seat s-2).",
    ],
    ["the other's marker is being taken away", 404, "The cluster has a seat that is being taken down."],
    [
      "its own is there, of a run that was killed",
      { metadata: { uid: "m" }, data: { seat: "s-1", stack: "shared", project: "istio-lab" } },
      undefined,
    ],
  ])("leave one marker: %s", async (_, there, refused) => {
    server.answers[MARKERS] = 409;
    server.answers[`${MARKERS}/istio-lab`] = there;
    if (refused === undefined) await expect(leaveMarker(api, owner, undefined)).resolves.toBeUndefined();
    else await expect(leaveMarker(api, owner, undefined)).rejects.toThrow(refused);
  });

  it.each([401, 403, 500, 503])("and none where the API server answers %i", async (status) => {
    server.answers[MARKERS] = status;
    await expect(leaveMarker(api, owner, undefined)).rejects.toThrow("not you");
  });
});

describe("without a record", () => {
  const thing = (kind: ClusterKind, name: string, created: string | undefined, release: string): Thing => ({
    kind,
    name,
    uid: name,
    istiods: false,
    release,
    ...(created && { created }),
  });
  const base = "istio-system/istio-base";

  it("only what came with the first kind of Istio's own release is ours: an older kind of another release is no beginning", () => {
    const things = [
      thing(
        "CustomResourceDefinition",
        "gateways.gateway.networking.k8s.io",
        "2026-11-01T00:00:00Z",
        "istio-system/gateway-api",
      ),
      thing("ClusterRole", "istio-reader", "2026-11-10T00:00:00Z", base),
      thing("CustomResourceDefinition", "sidecars.networking.istio.io", "2026-11-21T00:00:00Z", base),
      thing("CustomResourceDefinition", "gateways.networking.istio.io", "2026-11-20T00:00:00Z", base),
      thing("ClusterRole", "istiod", "2026-11-20T00:00:00Z", base),
      thing("ClusterRole", "undated", undefined, base),
    ];
    const { ours, unproved } = sorted({ things }, undefined);
    expect(ours.map(({ name }) => name)).toEqual([
      "sidecars.networking.istio.io",
      "gateways.networking.istio.io",
      "istiod",
    ]);
    expect(unproved.map(({ name }) => name)).toEqual(["gateways.gateway.networking.k8s.io", "istio-reader", "undated"]);
  });
});

describe("what a seat has left is taken away", () => {
  const mark = (record: object) =>
    server.add(MARKERS.replace("/namespaces/kube-system", ""), {
      metadata: { name: "istio-lab", namespace: "kube-system" },
      data: { seat: "s-1", stack: "shared", project: "istio-lab", record: JSON.stringify(record) },
    } as never);
  const kind = definition("virtualservices", "VirtualService", { annotations: ofRelease("istio-base") });

  it("not where a single object of somebody's would go with its kind: it is named, and all stays", async () => {
    mark({ CustomResourceDefinition: [] });
    server.add(paths.definitions, kind);
    server.add("/apis/networking.istio.io/v1/virtualservices", { metadata: { name: "checkout", namespace: "shop" } });
    await expect(takeAway(api, "cluster-1", "s-1", () => undefined)).rejects.toThrow(
      "Others use the kinds that this seat brought: VirtualService shop/checkout. Deleting the kinds would delete these objects too.",
    );
    expect([server.names(paths.definitions), server.changes]).toEqual([["virtualservices.networking.istio.io"], []]);
  });

  it("by its very own objects, and the marker last", async () => {
    mark({ CustomResourceDefinition: [] });
    server.add(paths.definitions, kind);
    await takeAway(api, "cluster-1", "s-1", () => undefined);
    expect(server.changes).toEqual([
      "DELETE /apis/apiextensions.k8s.io/v1/customresourcedefinitions/virtualservices.networking.istio.io",
      `DELETE ${MARKERS}/istio-lab`,
    ]);
  });
});

it("an Istio is in the cluster by its istiods and its releases, but for what is on its way out", async () => {
  const labels = { app: "istiod" };
  server.add(
    paths.deployments,
    { metadata: { name: "istiod", namespace: "istio-system", labels, deletionTimestamp: "2026-11-29T10:00:00Z" } },
    { metadata: { name: "istiod-canary", namespace: "mesh", labels } },
  );
  for (const name of ["istio-base", "istiod", "kiali"])
    server.add(paths.secrets, {
      metadata: { name: `sh.helm.release.v1.${name}.v1`, namespace: "mesh", labels: { owner: "helm", name } },
    });
  expect(await istios(api)).toEqual([
    "Deployment mesh/istiod-canary",
    "Secret mesh/sh.helm.release.v1.istio-base.v1",
    "Secret mesh/sh.helm.release.v1.istiod.v1",
  ]);
});
