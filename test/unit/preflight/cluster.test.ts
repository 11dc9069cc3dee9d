import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Api } from "../../../kube";
import { MARKER } from "../../../components/cluster/existing/marker";
import { survey } from "../../../components/cluster/existing/survey";
import { clusterFindings, type AskedCluster } from "../../../cli/preflight/cluster";
import { ownSeat } from "../../../cli/preflight/own-seat";
import { emptyCluster, kubeconfigOf, paths, type ApiServer, type Stored } from "../existing/api-server";

let server: ApiServer;
beforeEach(async () => void (server = await emptyCluster("cluster-1")));
afterEach(() => server.stop());

const node = (more: { spec?: object; status?: object } = {}): Stored => ({
  metadata: { name: "n" },
  spec: more.spec,
  status: {
    conditions: [{ type: "Ready", status: "True" }],
    allocatable: { cpu: "2", memory: "2Gi" },
    addresses: [
      { type: "InternalIP", address: "10.0.0.4" },
      { type: "ExternalIP", address: "203.0.113.4" },
    ],
    ...more.status,
  },
});
const pod = (namespace: string, cpu: string, more: object = {}): Stored => ({
  metadata: { name: `p${cpu}`, namespace },
  spec: { containers: [{ resources: { requests: { cpu, memory: "64Mi" } } }] },
  status: { phase: "Running" },
  ...more,
});
const asked = (more: Partial<AskedCluster> = {}): AskedCluster => ({
  kubeconfig: server.kubeconfig,
  stack: "shared",
  cluster: "context lab",
  serviceType: "NodePort",
  gatewayApi: false,
  unreachable: "Is it running?",
  demand: { cpu: 1000, memory: 512 * 2 ** 20, pods: 5, namespaces: ["istio-system", "blog"] },
  seat: { namespaces: [] },
  ...more,
});
const lines = async (more: Partial<AskedCluster> = {}) =>
  (await clusterFindings(asked(more))).map(({ name, status, seen }) => `${status} ${name}: ${seen}`);
const refused = async (more: Partial<AskedCluster> = {}) =>
  (await lines(more)).filter((line) => line.startsWith("refused"));
const mark = (seat: string) =>
  server.add(paths.configMaps, {
    metadata: { name: MARKER.name, namespace: MARKER.namespace },
    data: { seat, stack: "shared", project: "istio-lab" },
  });

describe("a cluster that is somebody's", () => {
  beforeEach(() => server.add("/api/v1/nodes", node()));

  it("takes a first seat, where nobody is in its way", async () => {
    expect(await refused()).toEqual([]);
    expect((await lines())[0]).toBe("ok cluster: context lab");
  });

  it("is the seat's own by its id, and then what the seat has made is not in its way", async () => {
    server.add(paths.namespaces, { metadata: { name: "blog" } });
    expect(await refused()).toEqual(["refused namespaces: blog: there already"]);
    const seat = { cluster: "cluster-1", seat: "seat-1", namespaces: ["blog"] };
    expect(await refused({ seat })).toEqual([]);
    expect((await lines({ seat }))[0]).toBe("ok cluster: context lab, with this stack's seat");
  });

  it("is refused where it is another one than the seat is in: nothing else is judged then", async () => {
    expect(await lines({ seat: { cluster: "cluster-2", seat: "seat-1", namespaces: ["blog"] } })).toEqual([
      "refused cluster: context lab: this is not the cluster that has this stack's seat",
    ]);
  });

  it("is the seat's own by the mark of a guard that was killed, and not by another's", async () => {
    mark("seat-1");
    expect((await lines({ seat: { seat: "seat-1", namespaces: [] } }))[0]).toBe(
      "ok cluster: context lab, with this stack's seat",
    );
    for (const seat of ["seat-2", undefined])
      expect((await refused({ seat: { ...(seat && { seat }), namespaces: [] } }))[0]).toContain(
        "refused another seat: the seat of stack shared",
      );
  });

  it.each([401, 403, 429, 500, 503])("that answers %i is refused with what it says", async (status) => {
    server.answers["/version"] = status;
    expect(await lines()).toEqual([`refused cluster: context lab: it answered ${status}, not you`]);
  });

  it("that nobody answers for is refused with what to do", async () => {
    const kubeconfig = kubeconfigOf("http://127.0.0.1:1");
    expect(await clusterFindings(asked({ kubeconfig }))).toEqual([
      {
        name: "cluster",
        status: "refused",
        seen: expect.stringContaining("http://127.0.0.1:1 does not answer"),
        todo: "Is it running?",
      },
    ]);
  });

  it("whose rights do not suffice is not judged any further: it could not be seen", async () => {
    server.answers["/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"] = { status: { allowed: false } };
    server.add(paths.namespaces, { metadata: { name: "blog" } });
    expect((await lines()).map((line) => line.split(":")[0])).toEqual([
      "ok cluster",
      "ok Kubernetes version",
      "refused rights",
    ]);
  });

  it("is named by its distribution, where it is not the seat's own making", async () => {
    server.add("/api/v1/nodes", {
      ...node({ spec: { providerID: "kind://docker/kind/kind-worker" } }),
      metadata: { name: "kind-worker" },
    });
    expect((await lines()).find((line) => line.includes(" distribution"))).toMatch(
      /^notice distribution: kind: its node is a container/,
    );
    expect((await lines({ owned: true })).filter((line) => line.includes(" distribution"))).toEqual([]);
  });

  it("is asked for its default storage class where something claims storage", async () => {
    const classes = "/apis/storage.k8s.io/v1/storageclasses";
    const of = async (claims?: string[]) => (await lines({ claims })).filter((line) => line.includes("storage class"));
    expect(await of()).toEqual([]);
    expect(await of(["lesson admission"])).toEqual([
      "notice default storage class: none, and no other class: the claims of lesson admission stay Pending",
    ]);
    server.add(classes, { metadata: { name: "gp2" }, provisioner: "ebs.csi.aws.com" });
    expect(await of(["lesson admission"])).toEqual([
      "notice default storage class: none, only gp2: the claims of lesson admission stay Pending",
    ]);
    server.add(classes, {
      metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "rancher.io/local-path",
    });
    expect(await of(["lesson admission"])).toEqual(["ok default storage class: standard (rancher.io/local-path)"]);
    server.answers[classes] = 403;
    expect(await of(["lesson admission"])).toEqual([
      "notice default storage class: unknown: the kubeconfig's user may not list storage classes",
    ]);
  });

  it("is refused by the name of a node that the images are not for", async () => {
    server.add("/api/v1/nodes", {
      ...node({ status: { nodeInfo: { architecture: "arm64" } } }),
      metadata: { name: "graviton" },
    });
    expect(await refused({ amd64Only: ["docker.io/amrelhewy/service-mesh-temp-api:1.0"] })).toEqual([
      expect.stringContaining("refused architecture: node graviton is arm64"),
    ]);
    expect(await refused()).toEqual([]);
  });

  it("has room by what others request, to the last thousandth", async () => {
    server.add("/api/v1/pods", pod("shop", "1"), pod("blog", "500m"));
    expect(await refused({ seat: { cluster: "cluster-1", namespaces: ["blog", "istio-system"] } })).toEqual([]);
    expect(await refused()).toEqual([expect.stringContaining("refused room: 0.50 CPU and")]);
    server.add("/api/v1/pods", pod("shop", "1m"));
    expect(await refused({ seat: { cluster: "cluster-1", namespaces: ["blog", "istio-system"] } })).toEqual([
      expect.stringContaining("refused room: 1.00 CPU and"),
    ]);
  });
});

describe("a look around", () => {
  const seen = () => survey(new Api(server.kubeconfig), false);

  it("counts a node only where it is ready and open to pods", async () => {
    const closed = [
      node({ spec: { unschedulable: true } }),
      node({ spec: { taints: [{ effect: "PreferNoSchedule" }, { effect: "NoSchedule" }] } }),
      node({ spec: { taints: [{ effect: "NoExecute" }] } }),
      node({ status: { conditions: [{ type: "Ready", status: "Unknown" }] } }),
      node({ status: { conditions: [] } }),
    ];
    server.add("/api/v1/nodes", node({ spec: { taints: [{ effect: "PreferNoSchedule" }] } }), ...closed);
    const { nodes } = await seen();
    expect(nodes.map(({ usable }) => usable)).toEqual([true, false, false, false, false, false]);
    expect(nodes[0]).toMatchObject({
      internal: ["10.0.0.4"],
      external: ["203.0.113.4"],
      cpu: 2000,
      memory: 2 * 2 ** 30,
    });
  });

  it("counts what pods request that run or wait, their sidecars among it, and what has ended no more", async () => {
    const init = [
      { restartPolicy: "Always", resources: { requests: { cpu: "10m" } } },
      { resources: { requests: { cpu: "900m" } } },
    ];
    server.add(
      "/api/v1/pods",
      pod("a", "100m"),
      pod("b", "200m", { status: { phase: "Pending" } }),
      pod("c", "1", { status: { phase: "Succeeded" } }),
      pod("d", "1", { status: { phase: "Failed" } }),
      {
        metadata: { name: "e", namespace: "e" },
        spec: { containers: [{}, { resources: { requests: { cpu: "1m" } } }], initContainers: init },
      },
    );
    expect((await seen()).pods.map(({ namespace, cpu }) => [namespace, cpu])).toEqual([
      ["a", 100],
      ["b", 200],
      ["e", 11],
    ]);
  });

  it("sees every port and address that a Service holds, that of its health check among them", async () => {
    server.add(
      "/api/v1/services",
      {
        metadata: { name: "kong", namespace: "kong" },
        spec: {
          type: "LoadBalancer",
          ports: [{ port: 80, nodePort: 31380 }, { port: 443, nodePort: 31390 }, { port: 1 }],
          healthCheckNodePort: 31021,
        },
        status: { loadBalancer: { ingress: [{ ip: "10.0.0.4" }, { hostname: "lb.example" }] } },
      },
      { metadata: { name: "plain", namespace: "kong" }, spec: {} },
    );
    expect((await seen()).services).toEqual([
      {
        id: "kong/kong",
        type: "LoadBalancer",
        ports: [80, 443, 1],
        nodePorts: [31380, 31390, 31021],
        addresses: ["10.0.0.4", "lb.example"],
      },
      { id: "kong/plain", type: "ClusterIP", ports: [], nodePorts: [], addresses: [] },
    ]);
  });

  it.each([
    "/api/v1/nodes",
    "/api/v1/pods",
    "/api/v1/services",
    "/apis/apps/v1/deployments",
    paths.definitions,
    paths.roles,
    paths.bindings,
    paths.injectors,
    paths.validators,
    paths.configMaps,
    paths.namespaces,
  ])("fails where %s may not be listed: it is no empty list", async (path) => {
    for (const status of [403, 500]) {
      server.answers[path] = status;
      await expect(seen()).rejects.toMatchObject({ code: status });
    }
  });

  it("knows a cluster by the uid of kube-system alone", async () => {
    expect((await seen()).uid).toBe("cluster-1");
    server.collections.set(paths.namespaces, [{ metadata: { name: "default", uid: "x" } }]);
    await expect(seen()).rejects.toThrow("namespace kube-system has no uid");
  });
});

it("what a stack has in a cluster is its guard's id, its own, and its namespaces, those that a killed run was making too", () => {
  const resource = (type: string, id?: string, name?: string) => ({
    urn: "",
    type,
    ...(id && { id }),
    ...(name && { inputs: { metadata: { name } } }),
  });
  const namespaces = [
    resource("kubernetes:core/v1:Namespace", "blog", "blog"),
    resource("kubernetes:core/v1:NamespacePatch", "default", "default"),
    resource("kubernetes:core/v1:Secret", "blog/x", "x"),
  ];
  const operations = [{ resource: resource("kubernetes:core/v1:Namespace", undefined, "client"), type: "creating" }];
  const resources = [
    resource("pulumi-nodejs:dynamic/cluster:Guard", "cluster-1"),
    resource("pulumi-nodejs:dynamic/cluster:SeatId", "seat-1"),
    ...namespaces,
  ];
  expect(ownSeat({ resources, operations } as never)).toEqual({
    cluster: "cluster-1",
    seat: "seat-1",
    namespaces: ["blog", "default", "client"],
  });
  expect(ownSeat({ resources: [] })).toEqual({ namespaces: [] });
});
