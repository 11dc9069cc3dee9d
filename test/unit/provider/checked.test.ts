import { describe, expect, it } from "vitest";
import type { Autonaming } from "../../../embedded/provider/autoname";
import { checkObject } from "../../../embedded/provider/check";
import { diffObject } from "../../../embedded/provider/diff";
import { canonicalQuantity, normalize } from "../../../embedded/provider/normalize";
import { UNKNOWN } from "../../../base/pulumi-marks";
import { type Bag } from "../../../embedded/provider/wire";
import { object, urnOf } from "./answers";

const check = (
  news: Bag,
  {
    type = "core/v1:ConfigMap",
    olds = {} as Bag,
    autonaming = undefined as Autonaming | undefined,
    namespaced = true as boolean | undefined,
  } = {},
) =>
  checkObject({
    urn: urnOf(type),
    olds,
    news,
    randomSeed: new Uint8Array(8),
    autonaming,
    defaultNamespace: "own",
    namespaced: async () => namespaced,
  });
const name = async (...args: Parameters<typeof check>) => (await check(...args)).inputs.metadata;

describe("an object without a name", () => {
  const autonamed = { "pulumi.com/autonamed": "true" };

  it("is given one, the same in all of one run, and a mark that it was", async () => {
    expect(await name({})).toMatchObject({ name: expect.stringMatching(/^x-[0-9a-f]{8}$/), annotations: autonamed });
    expect((await name({})).name).toBe((await name({})).name);
  });

  it("keeps the one it was given, and not one that the program had said", async () => {
    expect((await name({}, { olds: { metadata: { name: "x-old", annotations: autonamed } } })).name).toBe("x-old");
    expect((await name({}, { olds: { metadata: { name: "said" } } })).name).not.toBe("said");
  });

  it("goes by the engine's wish, which may be that there is none", async () => {
    expect((await name({}, { autonaming: { proposedName: "x-own", mode: "propose" } })).name).toBe("x-own");
    await expect(check({}, { autonaming: { proposedName: "", mode: "disable" } })).rejects.toThrow(
      "requires the `.metadata.name` field to be set",
    );
    expect(
      await name({ metadata: { name: "said" } }, { autonaming: { proposedName: "x-own", mode: "disable" } }),
    ).toMatchObject({ name: "said" });
  });

  it("is refused where the server is to make one up, or fields of another's are meant", async () => {
    await expect(check({ metadata: { generateName: "x-" } })).rejects.toThrow(
      "`.metadata.generateName` field is not supported",
    );
    expect((await check({ metadata: {} }, { type: "core/v1:ConfigMapPatch" })).failures).toEqual([
      { property: "metadata.name", reason: expect.stringContaining("require the `.metadata.name`") },
    ]);
  });
});

describe("an object without a namespace", () => {
  it.each([
    ["of a kind that has them goes to the provider's", { type: "core/v1:ConfigMap" }, "own"],
    ["of a kind that nobody knows yet, too", { type: "example.com/v1:Moon", namespaced: undefined }, "own"],
    ["of a custom kind without any stays without", { type: "example.com/v1:World", namespaced: false }, undefined],
    ["of Kubernetes' own without any stays without", { type: "rbac.authorization.k8s.io/v1:ClusterRole" }, undefined],
  ])("%s", async (_, options, namespace) => {
    expect((await name({ metadata: { name: "x" } }, options)).namespace).toBe(namespace);
  });

  it("with one keeps it", async () => {
    expect((await name({ metadata: { name: "x", namespace: "shop" } })).namespace).toBe("shop");
  });
});

describe("what the server writes its own way is no difference", () => {
  it.each([
    ["1000m", "1"],
    ["0.5", "500m"],
    ["0.0005", "500u"],
    ["1500m", "1500m"],
    ["1024Mi", "1Gi"],
    ["1.5Gi", "1536Mi"],
    ["0.5Ki", "512"],
    ["1000k", "1M"],
    ["0", "0"],
    ["0Mi", "0"],
    ["2", "2"],
    ["100Mi", "100Mi"],
    ["1e3", "1e3"],
    ["many", "many"],
  ])("quantity %s is %s", (written, canonical) => {
    expect(canonicalQuantity(written)).toBe(canonical);
  });

  it("in every place where Kubernetes has quantities, and nowhere else", () => {
    const of = (quantity: string) => ({
      containers: [
        {
          resources: { limits: { memory: quantity }, requests: { memory: quantity } },
          env: [{ name: "A", value: "1024Mi" }],
        },
        { resources: { requests: { memory: quantity } } },
      ],
      volumes: [{ emptyDir: { sizeLimit: quantity } }],
    });
    expect(normalize(object("Pod", { spec: of("1024Mi") }))).toMatchObject({ spec: of("1Gi") });
    for (const part of ["hard", "capacity", "allocatable"])
      expect(normalize(object("ResourceQuota", { spec: { [part]: { cpu: "1000m" } } })).spec[part].cpu, part).toBe("1");
    expect(normalize(object("World", { spec: { limits: { cpu: "1000m" } } }, "example.com/v1")).spec.limits.cpu).toBe(
      "1000m",
    );
  });

  it("a Secret's text is its data, over what is there", () => {
    expect(normalize(object("Secret", { data: { a: "MA==", b: "Mg==" }, stringData: { a: "1" } }))).toMatchObject({
      data: { a: "MQ==", b: "Mg==" },
    });
    expect(normalize(object("Secret", { stringData: { a: "1" } }))).not.toHaveProperty("stringData");
    expect(normalize(object("Secret", { stringData: { a: UNKNOWN } })).stringData).toEqual({ a: UNKNOWN });
  });

  it("nor is what the server alone writes", () => {
    const own = {
      creationTimestamp: "1",
      deletionGracePeriodSeconds: 1,
      deletionTimestamp: "1",
      generation: 1,
      managedFields: [],
      resourceVersion: "1",
      uid: "1",
    };
    expect(normalize(object("ConfigMap", { metadata: { ...own, labels: { a: "1" } } })).metadata).toEqual({
      name: "x",
      namespace: "shop",
      labels: { a: "1" },
    });
  });
});

describe("a diff", () => {
  /** What changed where the program said `before`, the cluster has `live`, and the program says `after`. */
  const diff = (before: Bag, live: Bag, after: Bag, ignoreChanges: string[] = []) => {
    const of = (spec: Bag) => object("World", { spec }, "example.com/v1");
    const { detailed } = diffObject({
      urn: urnOf("example.com/v1:World"),
      olds: { ...of(live), __inputs: of(before) },
      news: of(after),
      ignoreChanges,
      mutable: { configMap: false, secret: false },
    });
    return Object.fromEntries(Object.entries(detailed).map(([path, { kind }]) => [path, kind]));
  };
  const same = (spec: Bag, live = spec) => diff(spec, live, spec);

  it("finds what came, went and changed, at whatever depth", () => {
    expect(diff({ a: { b: 1, c: 1 } }, { a: { b: 1, c: 1 } }, { a: { b: 2, d: 1 } })).toEqual({
      "spec.a.b": "UPDATE",
      "spec.a.c": "DELETE",
      "spec.a.d": "ADD",
    });
    expect(diff({ l: [1, { a: 1 }] }, { l: [1, { a: 1 }] }, { l: [2, { a: 2 }, 3] })).toEqual({
      "spec.l[0]": "UPDATE",
      "spec.l[1].a": "UPDATE",
      "spec.l[2]": "ADD",
    });
    expect(diff({ l: [1, 2] }, { l: [1, 2] }, { l: [1] })).toEqual({ "spec.l[1]": "DELETE" });
    expect(diff({ a: 1 }, { a: 1 }, { a: UNKNOWN })).toEqual({ "spec.a": "UPDATE" });
    expect(diff({ "a.b/c": 1 }, { "a.b/c": 1 }, { "a.b/c": 2 })).toEqual({ 'spec["a.b/c"]': "UPDATE" });
  });

  it("finds what somebody changed in the cluster, and passes over what the cluster added", () => {
    expect(same({ a: 1 }, { a: 2 })).toEqual({ "spec.a": "UPDATE" });
    expect(same({ a: { b: 1 } }, { a: { b: 1, default: 2 }, more: 3 })).toEqual({});
    expect(same({ l: [{ a: 1 }] }, { l: [{ a: 1, default: 2 }, { injected: 1 }] })).toEqual({});
  });

  it("has no difference in an empty value that the server drops, but in one that is new", () => {
    for (const zero of [false, "", 0, [], {}, { a: "" }]) {
      expect(same({ a: 1, zero }, { a: 1 }), JSON.stringify(zero)).toEqual({});
      expect(diff({ a: 1 }, { a: 1 }, { a: 1, zero }), JSON.stringify(zero)).toEqual({ "spec.zero": "ADD" });
    }
    expect(same({ a: 1, set: true }, { a: 1 })).toEqual({ "spec.set": "ADD" });
  });

  it("knows another spelling of a quantity only where the program has said no other", () => {
    expect(same({ size: "1024Mi" }, { size: "1Gi" })).toEqual({});
    expect(diff({ size: "1Gi" }, { size: "1Gi" }, { size: "1024Mi" })).toEqual({ "spec.size": "UPDATE" });
    expect(same({ size: "1024Mi" }, { size: "2Gi" })).toEqual({ "spec.size": "UPDATE" });
  });

  it.each<[string, string[]]>([
    ["spec.a", ["spec.l[0].x", "spec.l[1].x"]],
    ["spec.l", ["spec.a"]],
    ["spec.l[0]", ["spec.a", "spec.l[1].x"]],
    ["spec.l[*]", ["spec.a"]],
    ["spec.l[0].x", ["spec.a", "spec.l[1].x"]],
    ["spec", []],
    ["spe", ["spec.a", "spec.l[0].x", "spec.l[1].x"]],
  ])("passes over %s where the program says so", (ignored, left) => {
    const of = (x: number) => ({ a: x, l: [{ x }, { x }] });
    expect(Object.keys(diff(of(1), of(1), of(2), [ignored])).sort()).toEqual(left);
  });
});
