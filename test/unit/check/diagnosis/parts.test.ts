import { describe, expect, it } from "vitest";
import { differences, fieldsByHand } from "../../../../cli/inventory/compare";
import {
  concerns,
  isKnownHost,
  ruleIsFor,
  sameHost,
  serviceNamed,
  serviceOf,
} from "../../../../cli/check/diagnosis/concerns";
import { at, labelText, selects, shown, textAt } from "../../../../cli/seat/json";
import { kinds, resourceName, type SnapshotKind, takeSnapshot } from "../../../../cli/check/diagnosis/snapshot";
import { foreign, missing, placeOf } from "../../../../cli/check/diagnosis/objects";
import { repairCommandOf } from "../../../../cli/check/diagnosis";
import type { KubeObject } from "../../../../kube";
import { twice, World } from "./world";

const named = (name: string, namespace?: string, rest: object = {}): KubeObject => ({
  metadata: { name, ...(namespace && { namespace }) },
  ...rest,
});

describe("fields by hand", () => {
  const live = (entries: object[]) =>
    named("x", "blog", {
      metadata: { name: "x", managedFields: entries },
      spec: {
        paused: true,
        min: 5,
        ports: [
          { port: 80, protocol: "TCP", nodePort: 3 },
          { port: 81, nodePort: 4 },
        ],
        "a.b": 1,
      },
      status: { ready: 1 },
    });
  const made = named("x", "blog", { spec: { ports: [{ port: 80 }, { port: 81 }], min: 5 } });
  const paths = (...entries: object[]) => fieldsByHand(live(entries), made).map(({ path, value }) => [path, value]);
  const by = (fieldsV1: object, more: object = {}) => ({ manager: "kubectl-edit", fieldsV1, ...more });

  it.each<[string, object[], [string, unknown][]]>([
    ["that kubectl set", [by({ "f:spec": { "f:paused": {} } })], [["spec.paused", true]]],
    [
      "of the second writer, and the second field",
      [
        by({ "f:spec": {} }, { manager: "pulumi-kubernetes" }),
        by({ "f:spec": { ".": {}, "f:min": {}, "f:a.b": {} } }, { manager: "kubectl" }),
      ],
      [['spec["a.b"]', 1]],
    ],
    ["none that another writer set", [by({ "f:spec": { "f:paused": {} } }, { manager: "pulumi-kubernetes" })], []],
    ["that scales", [by({ "f:spec": { "f:paused": {} } }, { subresource: "scale" })], [["spec.paused", true]]],
    ["none of a status", [by({ "f:spec": { "f:paused": {} } }, { subresource: "status" })], []],
    [
      "none of the status, and none that is gone",
      [by({ "f:status": { "f:ready": {} }, "f:spec": { "f:gone": {} } })],
      [],
    ],
    ["none that the inputs have as well", [by({ "f:spec": { "f:min": {} } })], []],
    [
      "of the second element of a list",
      [
        by({
          "f:spec": { "f:ports": { 'k:{"port":81,"protocol":"TCP"}': { ".": {}, "f:port": {}, "f:nodePort": {} } } },
        }),
      ],
      [["spec.ports[81,TCP].nodePort", 4]],
    ],
    [
      "none of an element that nobody can find",
      [
        by({
          "f:spec": { "f:ports": { "k:{": { "f:nodePort": {} }, 'k:{"port":99}': { "f:nodePort": {} }, "v:1": {} } },
        }),
      ],
      [["spec.ports[].nodePort", 3]],
    ],
  ])("%s", (_, entries, wanted) => expect(paths(...entries)).toEqual(wanted));
});

describe("hosts", () => {
  const seat = async () => {
    const world = new World(twice);
    world.add({ apiVersion: "v1", kind: "Namespace", metadata: { name: "elsewhere" } });
    world.add({
      apiVersion: "networking.istio.io/v1",
      kind: "ServiceEntry",
      metadata: { name: "out", namespace: "default" },
      spec: { hosts: ["first.example", "second.example"] },
    });
    return world.snapshot();
  };

  it.each<[string, string | undefined, string | undefined]>([
    ["reviews", "default", "default/reviews"],
    ["reviews.default", "blog", "default/reviews"],
    ["reviews.default.svc", "blog", "default/reviews"],
    ["reviews.default.svc.cluster.local", "blog", "default/reviews"],
    ["reviews", undefined, undefined],
    ["reviews.default.example", "default", undefined],
    ["reviews.elsewhere", "default", undefined],
    ["*.default", "default", undefined],
    ["", "default", undefined],
  ])("%j, seen from %s, means the Service %s", async (host, from, service) => {
    const found = serviceNamed(host, from, await seat());
    expect(found && `${found.namespace}/${found.name}`).toBe(service);
  });

  it.each<[string, boolean]>([
    ["reviews", true],
    ["api", false],
    ["api.blog", true],
    ["gone.blog.svc.cluster.local", false],
    ["second.example", true],
    ["third.example", false],
    ["x.elsewhere.svc.cluster.local", true],
    ["x.elsewhere.svc", true],
    ["x.elsewhere.svcs", false],
  ])("%s is known in the mesh: %s", async (host, known) =>
    expect(isKnownHost(host, "default", await seat())).toBe(known),
  );

  it("mean one Service by name and by namespace", async () => {
    const snapshot = await seat();
    const same = (a: string, from: string, b: string, to: string) => sameHost(a, from, b, to, snapshot);
    expect([
      same("api", "blog", "api.blog", "default"),
      same("api", "blog", "api", "default"),
      same("api", "blog", "frontend", "blog"),
      same("x.example", "blog", "x.example", "default"),
      same("x.example", "blog", "y.example", "blog"),
    ]).toEqual([true, false, false, true, false]);
    expect(serviceOf("api", "default", snapshot)).toBeUndefined();
    const rule = (host?: string) => named("r", "default", { spec: { host } });
    expect([
      ruleIsFor(rule("reviews"), "reviews.default", "blog", snapshot),
      ruleIsFor(rule("reviews"), "reviews", "blog", snapshot),
      ruleIsFor(rule(), "reviews", "default", snapshot),
    ]).toEqual([true, false, false]);
  });
});

describe("what an object is about", () => {
  it.each<[SnapshotKind, string, string | undefined, string[]]>([
    ["VirtualService", "reviews", "default", ["reviews", "productpage", "api"]],
    ["HTTPRoute", "front", "blog", ["api", "frontend"]],
    ["DestinationRule", "reviews", "default", ["reviews"]],
    ["Gateway", "bookinfo-gateway", "default", ["productpage"]],
    ["Gateway", "blog-gateway", "blog", ["productpage"]],
    ["Service", "zipkin", "istio-system", ["zipkin", "jaeger"]],
    ["Deployment", "reviews-v3", "default", ["reviews", "reviews-v3"]],
    ["StatefulSet", "loki", "istio-system", ["loki"]],
    ["ClusterRole", "kiali", undefined, ["kiali"]],
    ["ConfigMap", "kiali", "istio-system", ["kiali"]],
    ["Pod", "reviews-v1-abc12", "default", ["reviews"]],
    ["AuthorizationPolicy", "allow-frontend-to-api", "blog", ["api"]],
    ["AuthorizationPolicy", "deny-all", "blog", []],
    ["PeerAuthentication", "default", "blog", []],
  ])("of a %s %s", async (kind, name, namespace, services) => {
    const world = new World(twice);
    expect(concerns(await world.snapshot(), kind, world.find(kind, namespace, name)).sort()).toEqual(
      [...services].sort(),
    );
  });

  it("is both what it was made for and what it is for now", async () => {
    const world = new World(twice);
    (world.find("VirtualService", "default", "bookinfo") as any).spec.http[0].route[0].destination.host = "reviews";
    expect(
      concerns(await world.snapshot(), "VirtualService", world.find("VirtualService", "default", "bookinfo")).sort(),
    ).toEqual(["productpage", "reviews"]);
    const account = named("frontend", "blog");
    expect(concerns(await world.snapshot(), "ServiceAccount", account)).toEqual(["frontend"]);
  });

  it.each(["podSelector", "workloadSelector"])("is by %s whom it selects", async (field) => {
    const policy = named("x", "blog", {
      spec: { [field]: { [field === "podSelector" ? "matchLabels" : "labels"]: { "app.kubernetes.io/name": "api" } } },
    });
    expect(concerns(await new World().snapshot(), "NetworkPolicy", policy)).toEqual(["api"]);
  });
});

describe("differences", () => {
  const paths = (kind: SnapshotKind, live: object, made: object, which?: "all" | "written") =>
    differences(kind, named("x", "y", live), named("x", "y", made), which).map(({ path }) => path);

  it.each<[string, SnapshotKind, object, object, string[], string[]]>([
    [
      "a label that is another one",
      "Deployment",
      { metadata: { name: "x", labels: { a: "2", more: "x" } } },
      { metadata: { name: "x", labels: { a: "1" } } },
      ["metadata.labels.a"],
      ["metadata.labels.a"],
    ],
    [
      "an annotation that is gone",
      "Deployment",
      { metadata: { name: "x" } },
      { metadata: { name: "x", annotations: { a: "1" } } },
      ["metadata.annotations"],
      ["metadata.annotations"],
    ],
    [
      "a field that a server does not fill in",
      "VirtualService",
      { spec: { http: [{ timeout: "1s" }] } },
      { spec: { http: [{}] } },
      ["spec.http[0].timeout"],
      [],
    ],
    [
      "none that a server fills in",
      "Deployment",
      { spec: { progressDeadlineSeconds: 600 } },
      { spec: { replicas: 0 } },
      [],
      [],
    ],
    [
      "a label of a Service's selector that was added",
      "Service",
      { spec: { selector: { app: "a", version: "v1" } } },
      { spec: { selector: { app: "a" } } },
      ["spec.selector.version"],
      [],
    ],
    [
      "a label of a template that was added",
      "Deployment",
      { spec: { template: { metadata: { labels: { app: "a", b: "c" } } } } },
      { spec: { template: { metadata: { labels: { app: "a" } } } } },
      ["spec.template.metadata.labels.b"],
      [],
    ],
    [
      "a label that is another one, told once",
      "Deployment",
      { spec: { template: { metadata: { labels: { app: "b" } } } } },
      { spec: { template: { metadata: { labels: { app: "a" } } } } },
      ["spec.template.metadata.labels.app"],
      ["spec.template.metadata.labels.app"],
    ],
    [
      "a selector's label that is another one, told once",
      "Service",
      { spec: { selector: { app: "b" } } },
      { spec: { selector: { app: "a" } } },
      ["spec.selector.app"],
      ["spec.selector.app"],
    ],
    ["data that was added", "ConfigMap", { data: { a: "1", b: "2" } }, { data: { a: "1" } }, ["data.b"], []],
    [
      "a verb that was added",
      "ClusterRole",
      { rules: [{ verbs: ["get", "delete"] }] },
      { rules: [{ verbs: ["get"] }] },
      ["rules[0].verbs"],
      [],
    ],
    [
      "a subject that was added",
      "ClusterRoleBinding",
      { subjects: [{ name: "a" }, { name: "b" }] },
      { subjects: [{ name: "a" }] },
      ["subjects"],
      [],
    ],
    [
      "another role",
      "ClusterRoleBinding",
      { roleRef: { name: "b" } },
      { roleRef: { name: "a" } },
      ["roleRef.name"],
      ["roleRef.name"],
    ],
    ["none of a Secret", "Secret", { data: { a: "1" } }, { data: { a: "2" } }, [], []],
    [
      "none of two spellings",
      "Service",
      { spec: { ports: [{ port: "80" }], cpu: "1" } },
      { spec: { ports: [{ port: 80 }], cpu: "1000m" } },
      [],
      [],
    ],
    [
      "an unlike value beside a like one",
      "Service",
      { spec: { a: "x1", b: null, c: { d: 1 } } },
      { spec: { a: "x01", b: "y", c: 1 } },
      ["spec.a", "spec.b", "spec.c"],
      ["spec.a", "spec.b", "spec.c"],
    ],
  ])("are %s", (_, kind, live, made, all, written) => {
    expect(paths(kind, live, made)).toEqual(all);
    expect(paths(kind, live, made, "written")).toEqual(written);
  });
});

describe("a snapshot", () => {
  it("has the objects of the lessons', the mesh's and the gateway's namespaces, and those of none", async () => {
    const world = new World();
    for (const namespace of ["default", "admission", "istio-system", "istio-ingress", "elsewhere"])
      world.add({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: `of-${namespace}`, namespace },
        data: { a: "b" },
      });
    world.add({ apiVersion: "v1", kind: "Namespace", metadata: { name: "elsewhere" } });
    const { live } = await world.snapshot();
    expect(live.ConfigMap.map(({ metadata }) => metadata.name).filter((name) => name.startsWith("of-"))).toEqual([
      "of-default",
      "of-admission",
      "of-istio-system",
      "of-istio-ingress",
    ]);
    expect(live.Namespace.map(({ metadata }) => metadata.name).sort()).toEqual([
      "admission",
      "blog",
      "default",
      "istio-ingress",
      "istio-system",
    ]);
    expect(live.ConfigMap.find(({ metadata }) => metadata.name === "of-default")).toMatchObject({
      apiVersion: "v1",
      kind: "ConfigMap",
      data: { a: "b" },
    });
    expect(live.StorageClass).toHaveLength(1);
  });

  it("has of the state what Kubernetes knows, under the cluster's names, and one Secret's kind", async () => {
    const input = (kind: string, more: object = {}, apiVersion = "v1") => ({ apiVersion, kind, ...more });
    const resource = (id: string, inputs: object, type = "kubernetes:core/v1:Any") => ({
      urn: `urn:${id}`,
      type,
      id,
      inputs: inputs as Record<string, unknown>,
    });
    const { made } = await takeSnapshot({
      seat: { list: () => Promise.resolve([]) },
      namespaces: ["default"],
      repairCommand: "MEND",
      resources: [
        resource("default/by-id", input("ConfigMap", { metadata: { labels: { a: "b" } } })),
        resource("default/by-id-2", input("ConfigMap", { metadata: { name: "by-name", namespace: "default" } })),
        resource("elsewhere/x", input("ConfigMap")),
        resource("default/other", input("ConfigMap"), "random:index:X"),
        resource("default/opaque", input("Secret", { type: "Opaque" })),
        resource("default/tls", input("Secret", { type: "kubernetes.io/tls" })),
        resource("default/istio", input("Gateway", {}, "networking.istio.io/v1")),
        resource("default/api", input("Gateway", {}, "gateway.networking.k8s.io/v1")),
      ],
    });
    const of = (kind: SnapshotKind) => made[kind].map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    expect([of("ConfigMap"), of("Secret"), of("Gateway"), of("GatewayApiGateway")]).toEqual([
      ["default/by-id", "default/by-name"],
      ["default/tls"],
      ["default/istio"],
      ["default/api"],
    ]);
    expect(made.ConfigMap[0]!.metadata.labels).toEqual({ a: "b" });
  });

  it("tells what is missing, and what is nobody's, by name and by namespace", async () => {
    const world = new World();
    world.remove("PeerAuthentication", "blog", "default");
    const mark = (labels: Record<string, string>, owner?: object[]) => ({
      apiVersion: "networking.istio.io/v1",
      kind: "Gateway",
      metadata: {
        name: "bookinfo-gateway",
        namespace: "blog",
        labels,
        ...(owner && { ownerReferences: owner as never }),
      },
    });
    for (const made of [
      mark({ "gateway.istio.io/managed": "x" }),
      mark({ "app.kubernetes.io/managed-by": "Helm" }),
      mark({}, [{ kind: "X" }]),
      mark({ "app.kubernetes.io/managed-by": "hand" }),
    ])
      world.add(made);
    const snapshot = await world.snapshot();
    expect(missing(snapshot, "PeerAuthentication").map(({ metadata }) => metadata.namespace)).toEqual(["blog"]);
    expect(foreign(snapshot, "Gateway").map(({ metadata }) => metadata.labels)).toEqual([
      { "app.kubernetes.io/managed-by": "hand" },
    ]);
    expect([
      placeOf("Namespace", named("blog")),
      placeOf("Service", named("x", "default")),
      placeOf("ClusterRole", named("kiali")),
    ]).toEqual(["blog", "default", "istio-system"]);
  });
});

it("reads of an object what is there, and nothing else", () => {
  expect([at({ a: [{ b: 0 }] }, "a", 0, "b"), at({}, "toString"), at(null, "a"), at({ a: 1 }, "a", "b")]).toEqual([
    0,
    undefined,
    undefined,
    undefined,
  ]);
  expect([textAt({ a: "" }, "a"), textAt({ a: 1 }, "a"), textAt({ a: "x" }, "a")]).toEqual([undefined, undefined, "x"]);
  expect([
    selects({}, { a: "b" }),
    selects({ a: "b" }, { a: "b", c: "d" }),
    selects({ a: "b", c: "e" }, { a: "b", c: "d" }),
    selects(undefined, {}),
  ]).toEqual([false, true, false, false]);
  expect([labelText({ a: "b", c: "d" }), labelText(undefined)]).toEqual(["a=b,c=d", ""]);
  expect([shown(undefined), shown("x".repeat(118)), shown("x".repeat(119)).length]).toEqual([
    "nothing",
    `"${"x".repeat(118)}"`,
    118,
  ]);
});

it("names two kinds of one name by their groups, and asks the API server by the group's path", () => {
  expect([resourceName("Gateway"), resourceName("GatewayApiGateway"), resourceName("DestinationRule")]).toEqual([
    "gateways.networking.istio.io",
    "gateways.gateway.networking.k8s.io",
    "destinationrule",
  ]);
  expect([kinds.Pod.path, kinds.Deployment.path, kinds.Secret.query]).toEqual([
    "/api/v1/pods",
    "/apis/apps/v1/deployments",
    { fieldSelector: "type=kubernetes.io/tls" },
  ]);
});

it("the advice names every stack but the default one", () => {
  expect(["embedded", "other"].map(repairCommandOf)).toEqual(
    ["embedded", "other"].map((stack) => `npm run repair -- --stack ${stack} --yes`),
  );
});
