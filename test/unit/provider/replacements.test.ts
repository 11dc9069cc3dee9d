import { describe, expect, it } from "vitest";
import { diffObject, type DiffArgs } from "../../../embedded/provider/diff";
import { replacements } from "../../../embedded/provider/replace-rules";
import type { Bag, Json } from "../../../embedded/provider/wire";
import { object, urnOf } from "./answers";

const inPlace = { configMap: false, secret: false };

/** What a change of one object becomes, from inputs that made it as they stand. */
function change(before: Bag, after: Bag, more: Partial<DiffArgs> = {}) {
  const [, version] = (before.apiVersion as string).split("/");
  const type = `${version ? before.apiVersion : "core/v1"}:${before.kind}`;
  return diffObject({
    urn: urnOf(type),
    olds: { ...before, __inputs: before },
    news: after,
    ignoreChanges: [],
    mutable: inPlace,
    ...more,
  });
}

/** An object with a value at a path. */
function having(path: string, value: Json): Bag {
  return path.split(".").reduceRight((inner: Json, key) => ({ [key]: inner }), value);
}

/** Of each kind what the API server lets nobody change: the official plugin 4.32.0, provider/pkg/provider/diff.go, and the API reference for claims. */
const fixed: Record<string, string[]> = {
  "v1/ConfigMap": ["data", "binaryData"],
  "v1/Secret": ["type", "data", "stringData"],
  "v1/Service": ["spec.clusterIP"],
  "v1/ResourceQuota": ["spec.scopes"],
  "v1/PersistentVolumeClaim": [
    "spec.accessModes",
    "spec.dataSource",
    "spec.dataSourceRef",
    "spec.selector",
    "spec.storageClassName",
    "spec.volumeAttributesClassName",
    "spec.volumeMode",
    "spec.volumeName",
  ],
  "v1/Pod": ["spec"],
  "apps/v1/Deployment": ["spec.selector"],
  "apps/v1/DaemonSet": ["spec.selector"],
  "apps/v1/StatefulSet": [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch/v1/Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
  "storage.k8s.io/v1/StorageClass": ["parameters", "provisioner"],
};
const split = (kind: string) => ({
  apiVersion: kind.slice(0, kind.lastIndexOf("/")),
  kind: kind.slice(kind.lastIndexOf("/") + 1),
});

describe("what the API server changes of no object makes a new one", () => {
  it("of every kind that has rules", () => {
    const known = Object.keys(fixed)
      .map((kind) => kind.replace(/(^|\/)v1\//, "/"))
      .sort();
    expect(Object.keys(replacements).sort()).toEqual(known);
  });

  it.each(Object.entries(fixed).flatMap(([kind, paths]) => paths.map((path): [string, string] => [kind, path])))(
    "%s: another %s",
    (kind, path) => {
      const of = (value: Json) => ({ ...object(split(kind).kind, having(path, value), split(kind).apiVersion) });
      const { replaces } = change(of({ a: "1" }), of({ a: "2" }));
      expect(replaces).toHaveLength(1);
      const named = kind === "v1/Secret" && path === "stringData" ? "data" : `${path}.a`;
      expect(replaces).toEqual([named]);
    },
  );

  it.each(Object.keys(fixed))("%s: another label changes it in place", (kind) => {
    const of = (value: string) =>
      object(split(kind).kind, { metadata: { labels: { a: value } } }, split(kind).apiVersion);
    expect(change(of("1"), of("2"))).toMatchObject({ changes: true, replaces: [], deleteBeforeReplace: false });
  });

  it("also where the whole of a part comes or goes", () => {
    const bare = object("Deployment", {}, "apps/v1");
    const full = object("Deployment", { spec: { selector: { matchLabels: { app: "x" } } } }, "apps/v1");
    expect(change(bare, full).replaces).toEqual(["spec"]);
    expect(change(full, bare).replaces).toEqual(["spec"]);
    expect(change(bare, object("Deployment", { spec: { replicas: 2 } }, "apps/v1")).replaces).toEqual([]);
  });

  it.each(["name", "namespace"])("another %s, whatever the kind", (part) => {
    for (const [kind, version] of [
      ["World", "example.com/v1"],
      ["ConfigMap", "v1"],
    ] as const) {
      expect(
        change(object(kind, {}, version), object(kind, { metadata: { [part]: "other" } }, version)).replaces,
        kind,
      ).toEqual([`metadata.${part}`]);
    }
  });
});

describe.each([
  ["ConfigMap", "core/v1:ConfigMap", { configMap: true, secret: false }],
  ["Secret", "core/v1:Secret", { configMap: false, secret: true }],
])("a %s that may change in place", (kind, type, mutable) => {
  const of = (value: string, more: Bag = {}) => object(kind, { data: { a: value }, ...more });
  const changed = (more: Bag, options = mutable) =>
    diffObject({
      urn: urnOf(type),
      olds: { ...of("MQ==", more), __inputs: of("MQ==", more) },
      news: of("Mg==", more),
      ignoreChanges: [],
      mutable: options,
    });

  it("does so where the provider is told to, and is replaced where it is not", () => {
    expect(changed({})).toMatchObject({ changes: true, replaces: [] });
    expect(changed({}, { configMap: !mutable.configMap, secret: !mutable.secret })).toMatchObject({
      replaces: ["data.a"],
      deleteBeforeReplace: true,
    });
  });

  it("is replaced nevertheless where it says of itself that it is immutable", () => {
    expect(changed({ immutable: true })).toMatchObject({ replaces: ["data.a"], deleteBeforeReplace: true });
    expect(changed({ immutable: false }).replaces).toEqual([]);
  });

  it("still has another name or namespace as another object", () => {
    const moved = diffObject({
      urn: urnOf(type),
      olds: { ...of("MQ=="), __inputs: of("MQ==") },
      news: of("MQ==", { metadata: { namespace: "other" } }),
      ignoreChanges: [],
      mutable,
    });
    expect(moved.replaces).toEqual(["metadata.namespace"]);
  });
});

it("a Secret of another type is another object, also where its data may change", () => {
  const of = (type: string) => object("Secret", { type });
  expect(
    change(of("Opaque"), of("kubernetes.io/tls"), { mutable: { configMap: true, secret: true } }).replaces,
  ).toEqual(["type"]);
});

it("a Patch resource owns single fields, so that none of them makes a new object", () => {
  const of = (value: string) => object("Service", { spec: { clusterIP: value } });
  const diff = diffObject({
    urn: urnOf("core/v1:ServicePatch"),
    olds: { ...of("10.0.0.1"), __inputs: of("10.0.0.1") },
    news: of("10.0.0.2"),
    ignoreChanges: [],
    mutable: inPlace,
  });
  expect(diff).toMatchObject({ changes: true, replaces: [] });
});

it("a label of a Patch resource that is gone from the object shows as its labels, with the object's others left alone", () => {
  const inputs = object("Namespace", { metadata: { labels: { "istio-injection": "enabled" } } });
  const of = (labels: Bag) =>
    diffObject({
      urn: urnOf("core/v1:NamespacePatch"),
      olds: { ...object("Namespace", { metadata: { labels } }), __inputs: inputs },
      news: inputs,
      ignoreChanges: [],
      mutable: inPlace,
    }).detailed;
  expect(Object.keys(of({ "kubernetes.io/metadata.name": "x" }))).toEqual(["metadata.labels"]);
  expect(Object.keys(of({ "istio-injection": "disabled", other: "x" }))).toEqual(["metadata.labels.istio-injection"]);
  expect(of({ "istio-injection": "enabled", other: "x" })).toEqual({});
});

describe("what is replaced is deleted before", () => {
  const of = (data: string, metadata: Bag = {}) => object("ConfigMap", { data: { a: data }, metadata });

  it("where both have one name, and not where the name is made up or the place is another", () => {
    expect(change(of("1"), of("2")).deleteBeforeReplace).toBe(true);
    const autonamed = { annotations: { "pulumi.com/autonamed": "true" } };
    expect(change(of("1", autonamed), of("2", autonamed))).toMatchObject({
      replaces: ["data.a"],
      deleteBeforeReplace: false,
    });
    expect(change(of("1"), of("1", { namespace: "other" }))).toMatchObject({
      replaces: ["metadata.namespace"],
      deleteBeforeReplace: false,
    });
  });
});

describe("what a program ignores", () => {
  const before = object(
    "Deployment",
    {
      metadata: { labels: { "a.b/c": "1", ab: "1" } },
      spec: { replicas: 1, paused: false, replicasOf: 1, list: ["a", "b"] },
    },
    "apps/v1",
  );
  const after = object(
    "Deployment",
    {
      metadata: { labels: { "a.b/c": "2", ab: "2" } },
      spec: { replicas: 2, paused: true, replicasOf: 2, list: ["a", "c"] },
    },
    "apps/v1",
  );
  const all = [
    'metadata.labels["a.b/c"]',
    "metadata.labels.ab",
    "spec.list[1]",
    "spec.paused",
    "spec.replicas",
    "spec.replicasOf",
  ];

  it.each<[string[], string[]]>([
    [[], []],
    [["spec.replicas"], ["spec.replicas"]],
    [["spec"], ["spec.list[1]", "spec.paused", "spec.replicas", "spec.replicasOf"]],
    [["metadata.labels"], ['metadata.labels["a.b/c"]', "metadata.labels.ab"]],
    [["spec.list"], ["spec.list[1]"]],
    [["spec.list[*]"], ["spec.list[1]"]],
    [["spec.list[0]"], []],
    [
      ["spec.paused", "spec.replicas"],
      ["spec.paused", "spec.replicas"],
    ],
  ])("%j is it with all below it, and nothing beside it", (ignoreChanges, ignored) => {
    expect(Object.keys(change(before, after, { ignoreChanges }).detailed).sort()).toEqual(
      all.filter((path) => !ignored.includes(path)).sort(),
    );
  });
});

it("a namespace says nothing of a kind that has none, and `default` is said by nobody of one that has", () => {
  const of = (apiVersion: string, kind: string, namespace?: string): Bag => ({
    apiVersion,
    kind,
    metadata: { name: "x", ...(namespace && { namespace }) },
  });
  expect(
    change(
      of("rbac.authorization.k8s.io/v1", "ClusterRole"),
      of("rbac.authorization.k8s.io/v1", "ClusterRole", "shop"),
    ),
  ).toMatchObject({ changes: false, replaces: [] });
  expect(change(of("v1", "ConfigMap"), of("v1", "ConfigMap", "default")).changes).toBe(false);
  expect(change(of("v1", "ConfigMap"), of("v1", "ConfigMap", "shop")).replaces).toEqual(["metadata.namespace"]);
});
