import { describe, expect, it } from "vitest";
import { byWhom, differences, fieldsByHand, makerOf, readInventory } from "../../../cli/inventory";
import { differencesOf, isMissing, refOf } from "../../../cli/drift/read";
import { systemManifests } from "../../../embedded";
import { type KubeObject, manifestObjects } from "../../../kube";
import { ChartSeat, manifest, release } from "./chart-seat";

const read = (seat: ChartSeat, resources: object[] = [release]) =>
  readInventory({ seat: seat.seat, resources: resources as never });

describe("what a chart rendered", () => {
  it("is in the inventory by Helm's own manifest, kinds included, and as it was made", async () => {
    const { entries, releases } = await read(new ChartSeat());
    expect(entries.map(refOf)).toEqual([
      "CustomResourceDefinition virtualservices.networking.istio.io",
      "ConfigMap istio-system/istio",
      "Deployment istio-system/istiod",
      "MutatingWebhookConfiguration istio-sidecar-injector",
      "ValidatingWebhookConfiguration istio-validator-istio-system",
    ]);
    expect(entries.map(makerOf)).toEqual(Array(5).fill("the chart of release istiod"));
    expect(entries.flatMap((entry) => differencesOf(entry).fields)).toEqual([]);
    expect(entries.filter(isMissing)).toEqual([]);
    expect(releases).toEqual([expect.objectContaining({ name: "istiod", record: "there" })]);
  });

  it.each(manifest().map(({ kind }) => kind))("is missing where somebody deleted it: %s", async (kind) => {
    const seat = new ChartSeat();
    seat.remove(kind);
    expect((await read(seat)).entries.filter(isMissing).map(({ made }) => made.kind)).toEqual([kind]);
  });

  it("differs in one setting of a text, which is named, with who wrote it and when", async () => {
    const seat = new ChartSeat();
    const config = seat.find("ConfigMap");
    config.data.mesh += "enableAutoMtls: false\n";
    config.metadata.managedFields = [
      {
        manager: "kubectl-edit",
        operation: "Update",
        time: "2026-01-31T09:30:00Z",
        fieldsV1: { "f:data": { "f:mesh": {} } },
      },
    ];
    const [, entry] = (await read(seat)).entries;
    expect(differencesOf(entry!).fields).toEqual([
      { path: "data.mesh.enableAutoMtls", before: undefined, after: false },
    ]);
    expect(byWhom(entry!.live!, ["data.mesh.enableAutoMtls"])).toBe(", by kubectl-edit at 2026-01-31 09:30 UTC");
  });

  it("is as the state's revision has it, where somebody has upgraded the release", async () => {
    const seat = new ChartSeat();
    const other = manifest();
    other[1]!.data.mesh = "enableTracing: false\n";
    seat.records = [...seat.records, { revision: 2, manifest: other }];
    seat.find("ConfigMap").data.mesh = "enableTracing: false\n";
    const { entries, releases } = await read(seat);
    expect(releases[0]).toMatchObject({ record: "other", said: expect.stringContaining("revision 2") });
    expect(differencesOf(entries[1]!).fields.map(({ path }) => path)).toContain("data.mesh.enableTracing");
  });

  it("is not known where Helm's record is gone, and what was not answered is not called missing", async () => {
    const gone = new ChartSeat();
    gone.records = [];
    expect(await read(gone)).toMatchObject({ entries: [], releases: [{ record: "gone" }] });
    const silent = new ChartSeat();
    silent.silent.push(/configmaps/);
    const found = (await read(silent)).entries;
    expect(found.filter(isMissing)).toEqual([]);
    expect(found.flatMap(({ unknown }) => unknown ?? [])).toEqual([expect.stringContaining("403")]);
    silent.silent.push(/secrets/);
    expect((await read(silent)).releases).toMatchObject([{ record: "unknown" }]);
  });
});

describe("a map that a hand began", () => {
  const annotations = { "kubectl.kubernetes.io/restartedAt": "2026-02-01T00:00:00Z" };
  const fields = (...writers: { manager: string; fields: object }[]) => {
    const managedFields = writers.map(({ manager, fields }) => ({
      manager,
      operation: "Update",
      fieldsV1: { "f:spec": { "f:template": { "f:metadata": { "f:annotations": fields } } } },
    }));
    const live = { metadata: { name: "x", managedFields }, spec: { template: { metadata: { annotations } } } };
    return fieldsByHand(live, { metadata: { name: "x" }, spec: { template: { metadata: {} } } });
  };
  const key = { "f:kubectl.kubernetes.io/restartedAt": {} };

  it("is nobody's change once a repair has taken over its keys, and is one where nobody has", () => {
    expect(fields({ manager: "kubectl-rollout", fields: {} }, { manager: "istio-lab", fields: key })).toEqual([]);
    expect(fields({ manager: "OpenLens", fields: {} })).toHaveLength(1);
  });
});

describe("a workload whose chart names no number of pods", () => {
  const fields = async (replicas: number, scalers: KubeObject[] = []) => {
    const seat = new ChartSeat();
    seat.find("Deployment").spec.replicas = replicas;
    const listed = new Map([
      ["autoscaling/HorizontalPodAutoscaler", { path: "/x", namespaced: true, objects: scalers }],
    ]);
    const { entries } = await readInventory({ seat: seat.seat, resources: [release], listed });
    return entries.flatMap((entry) => differencesOf(entry).fields);
  };
  const scaler = (name: string): KubeObject => ({
    metadata: { name, namespace: "istio-system" },
    spec: { scaleTargetRef: { kind: "Deployment", name } },
  });

  it("has one, and `kubectl scale` leaves no record of another", async () => {
    expect(await fields(1)).toEqual([]);
    for (const replicas of [0, 3]) expect(await fields(replicas)).toMatchObject([{ path: "spec.replicas", before: 1 }]);
  });

  it("has the number that its autoscaler sets, but for none", async () => {
    expect(await fields(3, [scaler("istiod")])).toEqual([]);
    expect(await fields(0, [scaler("istiod")])).toMatchObject([{ path: "spec.replicas", before: 1, after: 0 }]);
    expect(await fields(3, [scaler("other")])).toMatchObject([{ path: "spec.replicas" }]);
  });
});

describe("an object of a record that cannot be read", () => {
  it("is unknown, with its reason, and the others are there", async () => {
    const seat = new ChartSeat();
    seat.broken = "kind: CustomResourceDefinition\nmetadata:\n  name: bad.example.org\nspec: [1\n";
    const { entries, releases } = await read(seat);
    expect(entries).toHaveLength(manifest().length);
    expect(releases).toMatchObject([
      { record: "there", unreadable: [{ what: "CustomResourceDefinition bad.example.org", why: expect.any(String) }] },
    ]);
  });
});

describe("the setup of an embedded cluster", () => {
  const embedded = { urn: "", type: "istio-lab:cluster:Embedded" };
  const objects = systemManifests().flatMap((text) => manifestObjects(text));
  const collections: Readonly<Record<string, readonly [string, boolean]>> = {
    ServiceAccount: ["serviceaccounts", true],
    ClusterRole: ["clusterroles", false],
    ClusterRoleBinding: ["clusterrolebindings", false],
    ConfigMap: ["configmaps", true],
    Deployment: ["deployments", true],
    Service: ["services", true],
    StorageClass: ["storageclasses", false],
  };
  const readSetup = async (
    change: (live: KubeObject[]) => void = () => undefined,
    resources: object[] = [embedded],
  ) => {
    const live = structuredClone(objects) as KubeObject[];
    for (const one of live)
      one.metadata.managedFields = [{ manager: "istio-lab", operation: "Apply", fieldsV1: { "f:spec": {} } }];
    change(live);
    const get = async (path: string) =>
      /\/v\d+$/.test(path)
        ? {
            metadata: { name: "" },
            resources: Object.entries(collections).map(([kind, [name, namespaced]]) => ({ kind, name, namespaced })),
          }
        : live.find(({ kind, metadata: { name } }) => path.endsWith(`/${collections[kind!]![0]}/${name}`));
    return (await readInventory({ seat: { list: async () => [], get }, resources: resources as never })).entries;
  };
  const find = (live: KubeObject[], kind: string, name: string) =>
    live.find((one) => one.kind === kind && one.metadata.name === name)!;

  it("is in the inventory, as it was made; another cluster's is somebody's", async () => {
    const entries = await readSetup();
    expect(entries.map(refOf)).toContain("Service kube-system/kube-dns");
    expect(entries.every(({ owner }) => owner.by === "cluster")).toBe(true);
    expect(entries.map(makerOf)).toContain("the cluster's setup");
    expect(entries.filter((entry) => isMissing(entry) || differencesOf(entry).fields.length > 0)).toEqual([]);
    expect(await readSetup(undefined, [{ urn: "", type: "istio-lab:cluster:Existing" }])).toEqual([]);
  });

  it("differs in what a hand wrote, and lacks what a hand deleted", async () => {
    const entries = await readSetup((live) => {
      const server = find(live, "Deployment", "coredns");
      server.spec.replicas = 0;
      server.metadata.managedFields!.push({
        manager: "kubectl",
        operation: "Update",
        subresource: "scale",
        fieldsV1: { "f:spec": { "f:replicas": {} } },
      });
      delete find(live, "ConfigMap", "coredns").data;
      live.splice(live.indexOf(find(live, "Service", "kube-dns")), 1);
    });
    expect(entries.filter(isMissing).map(refOf)).toEqual(["Service kube-system/kube-dns"]);
    expect(entries.flatMap((entry) => differencesOf(entry).fields.map(({ path }) => path))).toEqual([
      "data",
      "spec.replicas",
    ]);
  });

  it("may be of an older version of the program, which is no hand's change", async () => {
    const entries = await readSetup((live) => {
      find(live, "Deployment", "coredns").spec.template.spec.containers[0].image = "coredns:0";
    });
    expect(entries.flatMap((entry) => differencesOf(entry).fields)).toEqual([]);
  });
});

describe("the state's objects", () => {
  const role = {
    urn: "urn:role",
    type: "kubernetes:rbac.authorization.k8s.io/v1:Role",
    id: "istio-system/kiali",
    inputs: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name: "kiali" }, rules: [] },
    outputs: { metadata: { uid: "1" }, __fieldManager: "pulumi-kubernetes-ab" },
  };

  it("are in it whatever their kind, with the name under which Pulumi applies them", async () => {
    const [entry] = (await read(new ChartSeat(), [role])).entries;
    expect(entry).toMatchObject({
      owner: { by: "pulumi", urn: "urn:role", manager: "pulumi-kubernetes-ab", isPatch: false, uid: "1" },
      path: "/apis/rbac.authorization.k8s.io/v1/namespaces/istio-system/roles/kiali",
    });
    expect(isMissing(entry!)).toBe(true);
  });

  it("are not those that a replacement is about to delete", async () => {
    expect((await read(new ChartSeat(), [{ ...role, delete: true }])).entries).toEqual([]);
  });
});

describe("a hand", () => {
  const made: KubeObject = { kind: "Deployment", metadata: { name: "a" }, spec: { template: { spec: {} } } };
  const live = (manager: string, more: object = {}): KubeObject => ({
    ...made,
    metadata: {
      name: "a",
      managedFields: [
        {
          manager,
          operation: "Update",
          fieldsV1: { "f:spec": { "f:template": { "f:spec": { "f:hostAliases": {} } } } },
        },
      ].map((entry) => ({ ...entry, ...more })),
    },
    spec: { template: { spec: { hostAliases: ["x"] } } },
  });

  it.each(["kubectl-edit", "OpenLens", "kubectl-patch", "k9s", "node-fetch", "argocd-application-controller", "x"])(
    "is every writer that is not the seat's own, such as %s",
    (manager) =>
      expect(fieldsByHand(live(manager), made)).toEqual([{ path: "spec.template.spec.hostAliases", value: ["x"] }]),
  );

  it.each([
    "pulumi-kubernetes",
    "pulumi-kubernetes-1f2e3d4c",
    "pulumi-resource-kubernetes",
    "helm",
    "kube-controller-manager",
    "cloud-controller-manager",
    "kubelet",
    "pilot-discovery",
    "istio-lab",
  ])("is none of the seat's own: %s", (manager) => expect(fieldsByHand(live(manager), made)).toEqual([]));

  it("is also one that scales, and not one that writes a status", () => {
    expect(fieldsByHand(live("kubectl", { subresource: "scale" }), made)).toHaveLength(1);
    expect(fieldsByHand(live("kubectl", { subresource: "status" }), made)).toEqual([]);
  });

  it("is not told of a field that it did not write, nor of one that is gone", () => {
    expect(byWhom(live("OpenLens"), ["spec.replicas"])).toBe("");
    expect(byWhom(live("OpenLens"), ["spec.template.spec.hostAliases[0].ip"])).toBe(", by OpenLens");
  });
});

it("a Secret is compared in nothing, because the state holds what it has encrypted", () => {
  const secret = (data: object): KubeObject => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "x", namespace: "blog" },
    data: data as never,
  });
  for (const which of ["all", "written"] as const)
    expect(differences("Secret", secret({ a: "1", b: "2" }), secret({ a: "0" }), which)).toEqual([]);
  expect(differences("ConfigMap", secret({ a: "1", b: "2" }), secret({ a: "0" })).map(({ path }) => path)).toEqual([
    "data.a",
    "data.b",
  ]);
});

describe("what istiod writes into a chart's webhooks", () => {
  const [, , , mutating, validating] = manifest();
  const changed = (made: KubeObject, change: object): KubeObject => ({
    ...made,
    webhooks: [{ ...made.webhooks[0], ...change }],
  });

  it("is nobody's change: the signature, and that a validating one is strict", () => {
    expect(differences(mutating!.kind, changed(mutating!, { clientConfig: { caBundle: "x" } }), mutating!)).toEqual([]);
    expect(differences(validating!.kind, changed(validating!, { failurePolicy: "Fail" }), validating!)).toEqual([]);
  });

  it("is a change in what adds the sidecars", () =>
    expect(differences(mutating!.kind, changed(mutating!, { failurePolicy: "Ignore" }), mutating!)).toMatchObject([
      { path: "webhooks[0].failurePolicy" },
    ]));
});
