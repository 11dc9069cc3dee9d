import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { existingProof, leftovers, objectsIn } from "../../../../cli/targets/existing/proof";
import { isClean, leftText } from "../../../../cli/targets/proof";
import { inventory, type ClusterKind, pathOf } from "../../../../components/cluster/existing/inventory";
import { Api } from "../../../../kube";

/** What an API server has, path → answer; what is not here is answered with 404. */
let cluster: Record<string, object>;
/** Paths that are answered with 403. */
const forbidden = new Set<string>();
/** Path → a status that refuses it. */
let refusing: Record<string, number>;
let server: http.Server;
let config: Record<string, string>;

beforeAll(async () => {
  server = http.createServer((request, response) => {
    const at = request.url!.split("?")[0]!;
    const refused = forbidden.has(at) ? 403 : refusing[at];
    const answer = refused === undefined ? cluster[at] : { message: `refused: ${refused}` };
    response.writeHead(refused ?? (answer ? 200 : 404)).end(JSON.stringify(answer ?? { message: "not found" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const named = (key: string, entry: object) => [{ name: "c", [key]: entry }];
  const kubeconfig = stringify({
    "current-context": "c",
    contexts: named("context", { cluster: "c", user: "c" }),
    clusters: named("cluster", {
      server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      "insecure-skip-tls-verify": true,
    }),
    users: named("user", {}),
  });
  config = { existing: JSON.stringify({ kubeconfig }) };
});
afterAll(() => server.close());
beforeEach(() => {
  forbidden.clear();
  refusing = {};
  const list = (...paths: string[]) => Object.fromEntries(paths.map((path) => [path, { items: [] }]));
  cluster = {
    "/api/v1/namespaces/kube-system": { metadata: { uid: "u-1" } },
    "/api/v1/namespaces/default": { metadata: { labels: { team: "theirs" } } },
    "/api/v1": {
      resources: [
        { kind: "Service", name: "services" },
        { kind: "Service", name: "services/status" },
        { kind: "Namespace", name: "namespaces" },
      ],
    },
    ...list(
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
      "/apis/rbac.authorization.k8s.io/v1/clusterroles",
      "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    ),
    ...list(
      "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
      "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
      "/api/v1/configmaps",
    ),
  };
});

const resource = (type: string, outputs: object, inputs: object = {}) => ({
  urn: "",
  type,
  outputs: outputs as Record<string, unknown>,
  inputs: inputs as Record<string, unknown>,
});
const facts = () => ({
  cluster: "u-1",
  objects: objectsIn({
    resources: [
      resource("kubernetes:core/v1:Namespace", { apiVersion: "v1", kind: "Namespace", metadata: { name: "blog" } }),
      resource(
        "kubernetes:core/v1:NamespacePatch",
        { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } },
        { metadata: { name: "default", labels: { "istio-injection": "enabled" } } },
      ),
      resource("kubernetes:core/v1:Service", {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "reviews", namespace: "default" },
      }),
      resource("kubernetes:networking.istio.io/v1:VirtualService", {
        apiVersion: "networking.istio.io/v1",
        kind: "VirtualService",
        metadata: { name: "reviews", namespace: "default" },
      }),
      resource("kubernetes:helm.sh/v3:Release", { name: "istiod" }),
    ],
  }),
});
const ask = async () =>
  existingProof().queries(
    { stack: "anna", workspace: { env: {} }, config },
    JSON.parse(JSON.stringify(facts())) as object as never,
  );

describe("a seat in a cluster that is somebody's", () => {
  it("is gone when its namespaces, labels, objects, kinds, roles and webhooks are; with a kind its objects are", async () => {
    const queries = await ask();
    expect(queries.map(({ what }) => what)).toEqual([
      "namespaces",
      "labels on namespaces",
      "objects",
      "CRDs",
      "cluster roles",
      "webhooks",
      "istiod's ConfigMaps",
    ]);
    expect(leftText(queries)).toBeUndefined();
    expect(isClean(queries)).toBe(true);
  });

  it("says how each was asked for, so that anybody can ask again", async () => {
    const client = { apiVersion: "v1", kind: "Namespace", name: "client" };
    const queries = await existingProof().queries(
      { stack: "anna", workspace: { env: {} }, config },
      { ...facts(), seat: "s-1", objects: [...facts().objects, client] },
    );
    expect(queries.map(({ asked }) => asked)).toEqual([
      "kubectl get namespace blog client",
      "kubectl get namespace --show-labels",
      "kubectl get, each of the 2 that the state knew",
      ...leftovers.map(({ asked }) => asked),
      "kubectl get configmap -n kube-system istio-lab",
    ]);
  });

  it("of which anything is left has it named", async () => {
    const istio = {
      annotations: { "meta.helm.sh/release-namespace": "istio-system", "meta.helm.sh/release-name": "istio-base" },
    };
    cluster["/api/v1/namespaces/blog"] = {};
    cluster["/api/v1/namespaces/default"] = { metadata: { labels: { "istio-injection": "enabled" } } };
    cluster["/api/v1/namespaces/default/services/reviews"] = {};
    cluster["/apis/apiextensions.k8s.io/v1/customresourcedefinitions"] = {
      items: [
        { metadata: { name: "gateways.networking.istio.io", ...istio }, spec: {} },
        { metadata: { name: "theirs.example.com" }, spec: {} },
      ],
    };
    cluster["/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"] = {
      items: [{ metadata: { name: "istio-validator-istio-system", ...istio } }],
    };
    cluster["/api/v1/configmaps"] = { items: [{ metadata: { name: "istio-ca-root-cert", namespace: "shop" } }] };
    const found = Object.fromEntries(
      (await ask()).filter(({ left }) => left.length > 0).map(({ what, left }) => [what, left]),
    );
    expect(found).toEqual({
      namespaces: ["Namespace blog"],
      "labels on namespaces": ["default: istio-injection=enabled"],
      objects: ["Service default/reviews"],
      CRDs: ["gateways.networking.istio.io"],
      webhooks: ["istio-validator-istio-system"],
      "istiod's ConfigMaps": ["shop/istio-ca-root-cert"],
    });
  });

  it("is asked for what its charts made besides those kinds, where Helm's records said of any", async () => {
    const service = { apiVersion: "v1", kind: "Service", name: "istiod", namespace: "istio-system" };
    cluster["/api/v1/namespaces/istio-system/services/istiod"] = {};
    const queries = await existingProof().queries(
      { stack: "anna", workspace: { env: {} }, config },
      { ...facts(), charts: [service] },
    );
    expect(queries.filter(({ left }) => left.length > 0)).toEqual([
      {
        what: "objects of charts",
        asked: "kubectl get, each of the 1 that Helm's records had",
        left: ["Service istio-system/istiod"],
      },
    ]);
  });

  it("is asked for every kind that an Istio may leave in a cluster", async () => {
    const { listed } = await inventory(new Api((JSON.parse(config.existing!) as { kubeconfig: string }).kubeconfig));
    expect(leftovers.flatMap(({ kinds }) => kinds).sort()).toEqual([...listed].sort());
  });

  it.each(leftovers.flatMap(({ what, kinds }) => kinds.map((kind) => [kind, what] as const)))(
    "of which a %s is left has each of them named among the %s, and nowhere else",
    async (kind, what) => {
      const names: Partial<Record<ClusterKind, string[]>> = {
        CustomResourceDefinition: ["a.networking.istio.io", "b.networking.istio.io"],
        ConfigMap: ["istio-ca-root-cert", "istio-ca-crl"],
      };
      const of = {
        annotations: { "meta.helm.sh/release-namespace": "istio-system", "meta.helm.sh/release-name": "istiod" },
        managedFields: [{ manager: "pilot-discovery" }],
      };
      const wanted = names[kind] ?? ["istiod-a", "istiod-b"];
      cluster[pathOf({ kind, name: "", uid: "", istiods: false }).replace(/\/$/, "")] = {
        items: wanted.map((name) => ({ metadata: { name, uid: name, ...of } })),
      };
      expect((await ask()).filter(({ left }) => left.length > 0).map(({ what, left }) => [what, left])).toEqual([
        [what, wanted],
      ]);
    },
  );

  it("has every namespace, label and object of it that is left named, not the first alone", async () => {
    const namespace = (name: string) =>
      resource("kubernetes:core/v1:Namespace", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    const labels = { "istio-injection": "enabled", team: "ours" };
    const patch = (name: string) =>
      resource(
        "kubernetes:core/v1:NamespacePatch",
        { apiVersion: "v1", kind: "Namespace", metadata: { name } },
        { metadata: { name, labels } },
      );
    const service = (name: string) =>
      resource("kubernetes:core/v1:Service", {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, namespace: "default" },
      });
    for (const name of ["one", "two"]) {
      cluster[`/api/v1/namespaces/${name}`] = {};
      cluster[`/api/v1/namespaces/default/services/${name}`] = {};
    }
    for (const name of ["default", "shop"]) cluster[`/api/v1/namespaces/${name}`] = { metadata: { labels } };
    const objects = objectsIn({
      resources: [namespace("one"), namespace("two"), patch("default"), patch("shop"), service("one"), service("two")],
    });
    const queries = await existingProof().queries(
      { stack: "anna", workspace: { env: {} }, config },
      { cluster: "u-1", objects },
    );
    expect(
      Object.fromEntries(queries.filter(({ left }) => left.length > 0).map(({ what, left }) => [what, left])),
    ).toEqual({
      namespaces: ["Namespace one", "Namespace two"],
      "labels on namespaces": [
        "default: istio-injection=enabled",
        "default: team=ours",
        "shop: istio-injection=enabled",
        "shop: team=ours",
      ],
      objects: ["Service default/one", "Service default/two"],
    });
  });

  it("has no label left that somebody has given another value since", async () => {
    cluster["/api/v1/namespaces/default"] = { metadata: { labels: { "istio-injection": "disabled" } } };
    expect((await ask()).find(({ what }) => what === "labels on namespaces")).toMatchObject({ left: [] });
  });

  it("has no label left in a namespace that has none, or that is gone", async () => {
    for (const answer of [{ metadata: {} }, undefined]) {
      if (answer === undefined) delete cluster["/api/v1/namespaces/default"];
      else cluster["/api/v1/namespaces/default"] = answer;
      const labels = (await ask()).find(({ what }) => what === "labels on namespaces");
      expect(labels).toStrictEqual({ what: "labels on namespaces", asked: expect.any(String) as string, left: [] });
    }
  });

  it("has no mark left where there is none", async () => {
    const queries = await existingProof().queries(
      { stack: "anna", workspace: { env: {} }, config },
      { ...facts(), seat: "s-1" },
    );
    expect(queries.at(-1)).toMatchObject({ what: "mark on the cluster", left: [] });
    expect(queries.at(-1)).not.toHaveProperty("unknown");
  });

  it("has as its objects what is in a cluster and has a name: no release, no provider, nothing half-made", () => {
    const object = { apiVersion: "v1", kind: "Service", metadata: { name: "reviews" } };
    const resources = [
      resource("kubernetes:helm.sh/v3:Release", object),
      resource("pulumi:providers:kubernetes", object),
      resource("kubernetes:core/v1:Service", { ...object, apiVersion: undefined }),
      resource("kubernetes:core/v1:Service", { ...object, kind: undefined }),
      resource("kubernetes:core/v1:Service", { ...object, metadata: undefined }),
      resource("kubernetes:core/v1:Service", { ...object, metadata: {} }),
      { urn: "", type: "kubernetes:core/v1:Service" },
      { ...resource("kubernetes:core/v1:NamespacePatch", { ...object, kind: "Namespace" }), inputs: undefined },
      resource("kubernetes:core/v1:Service", object),
    ];
    expect(objectsIn({ resources })).toEqual([
      { apiVersion: "v1", kind: "Namespace", name: "reviews", labels: {} },
      { apiVersion: "v1", kind: "Service", name: "reviews" },
    ]);
  });

  it("leaves a mark of another seat to that seat", async () => {
    cluster["/api/v1/namespaces/kube-system/configmaps/istio-lab"] = { metadata: { uid: "m" }, data: { seat: "s-2" } };
    const queries = await existingProof().queries(
      { stack: "anna", workspace: { env: {} }, config },
      { ...facts(), seat: "s-1" },
    );
    expect(queries.at(-1)).toMatchObject({ what: "mark on the cluster", left: [] });
    expect(queries.at(-1)).not.toHaveProperty("unknown");
  });

  it("of which what was there before it is not left, by the record that was noted; its mark is", async () => {
    const istio = {
      annotations: { "meta.helm.sh/release-namespace": "istio-system", "meta.helm.sh/release-name": "istio-base" },
    };
    cluster["/apis/apiextensions.k8s.io/v1/customresourcedefinitions"] = {
      items: [
        { metadata: { name: "gateways.networking.istio.io", uid: "new", ...istio } },
        { metadata: { name: "sidecars.networking.istio.io", uid: "old", ...istio } },
      ],
    };
    cluster["/api/v1/configmaps"] = {
      items: [{ metadata: { name: "istio-ca-root-cert", namespace: "shop", uid: "theirs" } }],
    };
    cluster["/api/v1/namespaces/kube-system/configmaps/istio-lab"] = { metadata: { uid: "m" }, data: { seat: "s-1" } };
    const noted = { ...facts(), seat: "s-1", record: { CustomResourceDefinition: ["old"], ConfigMap: ["theirs"] } };
    const queries = await existingProof().queries({ stack: "anna", workspace: { env: {} }, config }, noted as never);
    expect(
      Object.fromEntries(queries.filter(({ left }) => left.length > 0).map(({ what, left }) => [what, left])),
    ).toEqual({
      CRDs: ["gateways.networking.istio.io"],
      "mark on the cluster": ["kube-system/istio-lab"],
    });
  });

  it.each([
    "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "/api/v1/configmaps",
    "/api/v1/namespaces/default/services/reviews",
  ])("is not proved gone where %s is forbidden", async (path) => {
    forbidden.add(path);
    const queries = await ask();
    expect(queries.filter(({ unknown }) => unknown !== undefined).length).toBeGreaterThan(0);
    expect(isClean(queries)).toBe(false);
  });

  it("is not proved gone by another cluster that answers", async () => {
    cluster["/api/v1/namespaces/kube-system"] = { metadata: { uid: "u-2" } };
    const queries = await ask();
    expect(queries.every(({ unknown }) => unknown?.startsWith("another cluster answers"))).toBe(true);
    expect(isClean(queries)).toBe(false);
  });

  it.each([
    ["/api/v1", "objects"],
    ["/api/v1/namespaces/blog", "namespaces"],
    ["/api/v1/namespaces/default", "labels on namespaces"],
    ["/apis/networking.istio.io/v1", "objects"],
    ["/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "CRDs"],
    ["/apis/rbac.authorization.k8s.io/v1/clusterroles", "cluster roles"],
    ["/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", "webhooks"],
    ["/api/v1/configmaps", "istiod's ConfigMaps"],
  ])("is unknown, and never gone, where %s is answered with 401, 403, 500 or 503", async (path, what) => {
    for (const status of [401, 403, 500, 503]) {
      refusing = { [path]: status };
      const queries = await ask();
      expect(queries.find((one) => one.what === what)?.unknown).toBe(`refused: ${status}`);
      expect(isClean(queries)).toBe(false);
    }
  });

  describe("of which the state never knew a cluster", () => {
    const asked = async (facts: object, context: object = {}) =>
      existingProof().queries({ stack: "anna", workspace: { env: {} }, config, ...context }, facts as never);

    it("has nobody to be asked, which proves nothing", async () => {
      expect(await asked({})).toEqual([]);
      expect(isClean(await asked({}))).toBe(false);
    });

    it("was never begun, where the state says so and the cluster answers", async () => {
      const queries = await asked({ neverBegun: true });
      expect(queries).toMatchObject([{ what: "cluster of a stack that never made anything in it", left: [] }]);
      expect(isClean(queries)).toBe(true);
    });

    it("is unknown at a closed port, with a refusal, and by a kubeconfig that is a secret", async () => {
      refusing = { "/api/v1/namespaces/kube-system": 403 };
      expect(isClean(await asked({ neverBegun: true }))).toBe(false);
      const closed = { config: { existing: config.existing!.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1") } };
      const [query] = await asked({ neverBegun: true }, closed);
      expect(query!.unknown).toMatch(/does not answer/);
      expect((await asked({ neverBegun: true }, { locked: ["existing.kubeconfig"] }))[0]!.unknown).toBe(
        "its kubeconfig is a secret of the stack",
      );
      expect((await asked(facts(), { locked: ["blog.ghostPassword", "existing.kubeconfig"] }))[0]!.unknown).toBe(
        "its kubeconfig is a secret of the stack",
      );
      refusing = {};
      expect(isClean(await asked({ neverBegun: true }, { locked: ["blog.ghostPassword"] }))).toBe(true);
    });
  });
});
