import { beforeEach, describe, expect, it, vi } from "vitest";
import { createObject, patchForce, relinquish, updateObject, type Apply } from "../../../embedded/provider/apply";
import { ApiError } from "../../../kube";
import { Answers, noNamespace, object, refusals, type Reply } from "./answers";

/** Pauses in milliseconds, which pass at once. */
const pauses = vi.hoisted((): number[] => []);
vi.mock("node:timers/promises", () => ({
  setTimeout: async (milliseconds: number) => {
    if (pauses.push(milliseconds) > 1000) throw new Error("it never ends");
    vi.setSystemTime(Date.now() + milliseconds);
  },
}));

beforeEach(() => {
  pauses.length = 0;
  vi.useFakeTimers({ toFake: ["Date"], now: 0 });
  return () => vi.useRealTimers();
});

const POST = "POST /api/v1/namespaces/shop/configmaps";
const AT = "/api/v1/namespaces/shop/configmaps/x";
const PATCH = `PATCH ${AT}`;
const made = object("ConfigMap", { metadata: { uid: "1" } });

function applying(replies: Record<string, Reply[]>, more: Partial<Apply> = {}) {
  const cluster = new Answers(replies);
  const said: string[] = [];
  const a: Apply = {
    cluster,
    preview: false,
    fieldManager: "pulumi-kubernetes-1",
    force: false,
    say: (text) => void said.push(text),
    ...more,
  };
  return { a, cluster, said, last: () => cluster.requests.at(-1)! };
}

describe("a create", () => {
  it("is one POST, which overwrites nothing of somebody else's", async () => {
    const { a, cluster, last } = applying({ [POST]: [made] });
    expect(await createObject(a, object("ConfigMap"), false)).toEqual(made);
    expect(cluster.asked).toEqual([POST]);
    expect(last().query).toEqual({ fieldManager: "pulumi-kubernetes" });
  });

  it("is a server-side apply where an object that is there may be taken over", async () => {
    const { a, cluster, last } = applying({ [PATCH]: [made] });
    await createObject(a, object("ConfigMap"), true);
    expect(cluster.asked).toEqual([PATCH]);
    expect(last()).toMatchObject({
      type: "application/apply-patch+yaml",
      query: { fieldManager: "pulumi-kubernetes-1", force: "false" },
    });
  });

  it.each([[false], [true]])("of a preview is asked by dry run alone (upsert: %s)", async (upsert) => {
    const { a, last } = applying({ [POST]: [made], [PATCH]: [made] }, { preview: true });
    await createObject(a, object("ConfigMap"), upsert);
    expect(last().query).toMatchObject({ dryRun: "All" });
  });

  it.each(refusals)("that is answered by %s is not tried again", async (_, refusal) => {
    const { a, cluster } = applying({ [POST]: [refusal, made] });
    await expect(createObject(a, object("ConfigMap"), false)).rejects.toBe(refusal);
    expect(cluster.asked).toEqual([POST]);
    expect(pauses).toEqual([]);
  });

  it("waits for a namespace that is on its way, longer each time, and says so", async () => {
    const { a, said } = applying({ [POST]: [noNamespace, noNamespace, made] });
    expect(await createObject(a, object("ConfigMap"), false)).toEqual(made);
    expect(pauses).toEqual([1000, 2000]);
    expect(said).toEqual([
      'Retry #0; creation failed: namespaces "shop" not found',
      'Retry #1; creation failed: namespaces "shop" not found',
    ]);
  });

  it("gives up in the end", async () => {
    const { a, cluster } = applying({ [POST]: [noNamespace] });
    await expect(createObject(a, object("ConfigMap"), false)).rejects.toBe(noNamespace);
    expect(cluster.asked).toHaveLength(6);
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 8000]);
  });

  it("of a preview does not wait for a namespace: this very run is to make it", async () => {
    const { a, cluster } = applying({ [POST]: [noNamespace] }, { preview: true });
    await expect(createObject(a, object("ConfigMap"), false)).rejects.toBe(noNamespace);
    expect(cluster.asked).toHaveLength(1);
  });

  it("waits for a definition that is on its way, and asks for the kinds anew", async () => {
    const { a, cluster } = applying({ "POST /apis/example.com/v1/moons": [made] });
    cluster.replies["GET /apis/example.com/v1"] = [
      { resources: [{ name: "worlds", kind: "World", namespaced: false }] },
      { resources: [{ name: "moons", kind: "Moon", namespaced: false }] },
    ];
    expect(await createObject(a, object("Moon", {}, "example.com/v1"), false)).toEqual(made);
  });

  it("waits for a definition beside kinds of its group that are known, which are asked for anew as well", async () => {
    const { a } = applying({
      "POST /apis/example.com/v1/worlds": [
        new ApiError(404, "the server could not find the requested resource", "NotFound"),
        made,
      ],
    });
    let asked = 0;
    const known = () => (asked++, { resources: [{ name: "worlds", kind: "World", namespaced: false }] });
    (a.cluster as Answers).replies["GET /apis/example.com/v1"] = [known];
    await createObject(a, object("World", {}, "example.com/v1"), false);
    expect(asked).toBe(2);
  });

  it("takes a namespace away from what cannot have one", async () => {
    const { a, last } = applying({ "POST /apis/example.com/v1/worlds": [made] });
    await createObject(a, object("World", {}, "example.com/v1"), false);
    expect(last().body.metadata).toEqual({ name: "x" });
  });
});

describe("a webhook that does not answer yet", () => {
  const absent = new ApiError(500, 'failed calling webhook "validation.istio.io"', "InternalError");

  it("is waited for", async () => {
    const { a, said } = applying({ [POST]: [absent, absent, made] });
    expect(await createObject(a, object("ConfigMap"), false)).toEqual(made);
    expect(pauses).toEqual([1000, 1000]);
    expect(said).toEqual(
      Array(2).fill('waiting for an admission webhook to answer: failed calling webhook "validation.istio.io"'),
    );
  });

  it("is waited for no longer than a minute", async () => {
    const { a } = applying({ [POST]: [absent] });
    await expect(createObject(a, object("ConfigMap"), false)).rejects.toBe(absent);
    expect(pauses.length).toBe(61);
  });

  it("is not waited for by a preview, nor where it has answered no", async () => {
    const preview = applying({ [POST]: [absent, made] }, { preview: true });
    await expect(createObject(preview.a, object("ConfigMap"), false)).rejects.toBe(absent);
    const no = new ApiError(
      400,
      'admission webhook "validation.istio.io" denied the request; failed calling webhook',
      "BadRequest",
    );
    const denied = applying({ [POST]: [no, made] });
    await expect(createObject(denied.a, object("ConfigMap"), false)).rejects.toBe(no);
    expect(pauses).toEqual([]);
  });
});

describe("an update", () => {
  const byKubectl = { manager: "kubectl-edit", operation: "Update", fieldsV1: { "f:data": {} } };
  const live = (entries: object[]) =>
    object("ConfigMap", { metadata: { resourceVersion: "7", managedFields: entries } });

  it("takes over what somebody wrote by kubectl, and then applies", async () => {
    const { a, cluster, last } = applying({ [PATCH]: [made] });
    await updateObject(a, object("ConfigMap"), live([byKubectl]), false);
    expect(cluster.asked).toEqual([PATCH, PATCH]);
    expect(cluster.requests[0]).toMatchObject({
      type: "application/json-patch+json",
      body: [{ path: "/metadata/managedFields" }, { path: "/metadata/resourceVersion", value: "7" }],
    });
    expect(last()).toMatchObject({ type: "application/apply-patch+yaml", query: { force: "false" } });
  });

  it("only applies where nobody else wrote", async () => {
    const { a, cluster } = applying({ [PATCH]: [made] });
    await updateObject(a, object("ConfigMap"), live([{ manager: "istiod", operation: "Update" }]), false);
    expect(cluster.asked).toEqual([PATCH]);
  });

  it.each([
    ["somebody wrote by kubectl", [byKubectl], "true"],
    ["nobody else wrote", [], "false"],
  ])("of a preview writes nothing, and asks as it would be then: %s", async (_, entries, force) => {
    const { a, cluster, last } = applying({ [PATCH]: [made] }, { preview: true });
    await updateObject(a, object("ConfigMap"), live(entries), false);
    expect(cluster.asked).toEqual([PATCH]);
    expect(last().query).toEqual({ fieldManager: "pulumi-kubernetes-1", force, dryRun: "All" });
  });

  it("by a Patch resource takes nothing over", async () => {
    const { a, cluster, last } = applying({ [PATCH]: [made] });
    await updateObject(a, object("ConfigMap"), live([byKubectl]), true);
    expect(cluster.asked).toEqual([PATCH]);
    expect(last().query).toMatchObject({ force: "false" });
  });

  it("of a definition puts it as a whole, in the version that was read", async () => {
    const put = "PUT /apis/apiextensions.k8s.io/v1/customresourcedefinitions/x";
    const { a, cluster, last } = applying({ [put]: [made] });
    const definition = object("CustomResourceDefinition", {}, "apiextensions.k8s.io/v1");
    await updateObject(a, definition, { ...definition, metadata: { name: "x", resourceVersion: "7" } }, false);
    expect(cluster.asked).toEqual([put]);
    expect(last().body.metadata.resourceVersion).toBe("7");
  });

  it("that meets another owner's field fails in words that name the manager", async () => {
    const { a } = applying({ [PATCH]: [new ApiError(409, 'conflict with "other": .data.a', "Conflict")] });
    await expect(updateObject(a, object("ConfigMap"), live([]), false)).rejects.toThrow(
      /server-side apply field conflict[^]*"pulumi-kubernetes-1" had an apply conflict: conflict with "other": \.data\.a/,
    );
  });

  it.each([
    new ApiError(403, "not you", "Forbidden"),
    new ApiError(422, "spec.x: Invalid value", "Invalid"),
    new TypeError("a defect"),
  ])("that fails by anything else fails by that, and as no conflict: %s", async (refusal) => {
    const { a } = applying({ [PATCH]: [refusal] });
    await expect(updateObject(a, object("ConfigMap"), live([]), false)).rejects.toBe(refusal);
  });

  it("that is told to force does so", async () => {
    const { a, last } = applying({ [PATCH]: [made] }, { force: true });
    await updateObject(a, object("ConfigMap"), live([]), false);
    expect(last().query).toMatchObject({ force: "true" });
  });
});

describe("letting go of fields", () => {
  const owned = (manager: string) =>
    object("ConfigMap", { data: { a: "1" }, metadata: { managedFields: [{ manager, operation: "Apply" }] } });

  it("applies nothing but the object's name, so that what this manager alone had set goes", async () => {
    const { a, cluster, last } = applying({ [`GET ${AT}`]: [owned("pulumi-kubernetes-1")], [PATCH]: [made] });
    await relinquish(a, object("ConfigMap", { data: { a: "1" } }));
    expect(cluster.asked).toEqual([`GET ${AT}`, PATCH]);
    expect(last()).toMatchObject({
      body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x", namespace: "shop" } },
      query: { fieldManager: "pulumi-kubernetes-1", force: "true" },
    });
    expect(last().body).not.toHaveProperty("data");
  });

  it("changes nothing where it owns nothing", async () => {
    const { a, cluster } = applying({ [`GET ${AT}`]: [owned("pulumi-kubernetes-2")], [PATCH]: [made] });
    await relinquish(a, object("ConfigMap"));
    expect(cluster.asked).toEqual([`GET ${AT}`]);
  });
});

it.each([
  [undefined, false, false],
  [undefined, true, true],
  ["true", false, true],
  ["false", true, false],
])("the object's own word (%s) on force wins over the provider's (%s): %s", (said, provider, force) => {
  expect(
    patchForce(
      object("ConfigMap", { metadata: said === undefined ? {} : { annotations: { "pulumi.com/patchForce": said } } }),
      provider,
    ),
  ).toBe(force);
});
