import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../../../kube";
import { PartialError } from "../../../embedded/provider/errors";
import { create, read, remove, update } from "../../../embedded/provider/objects";
import { checkpoint } from "../../../embedded/provider/state";
import { UNKNOWN } from "../../../base/pulumi-marks";
import { secret, type Bag } from "../../../embedded/provider/wire";
import { Answers, noNamespace, notFound, object, operation, refusals, session, type Reply } from "./answers";

// What a create repeats, and after which pause, is apply.test.ts's matter.
vi.mock("node:timers/promises", () => ({ setTimeout: () => new Promise((later) => setImmediate(later)) }));

const AT = "/api/v1/namespaces/shop/configmaps/x";
const [GET, POST, PATCH, DELETE] = [
  `GET ${AT}`,
  "POST /api/v1/namespaces/shop/configmaps",
  `PATCH ${AT}`,
  `DELETE ${AT}`,
];
const type = "core/v1:ConfigMap";
const inputs = object("ConfigMap", { data: { a: "1" } });
const live = object("ConfigMap", { data: { a: "1" }, metadata: { uid: "u1", resourceVersion: "7" } });
const state = checkpoint(inputs, live, {}, "v1", "manager");
const gone = "dial tcp: connection refused";

describe("read", () => {
  const reading = (reply: Reply[]) =>
    read(session(new Answers({ [GET]: reply })), operation(type), "shop/x", state, inputs);

  it("has an object as the server shows it, cut to what the program says", async () => {
    const found = await reading([object("ConfigMap", { data: { a: "2", b: "3" }, metadata: { uid: "u1" } })]);
    expect(found?.inputs.data).toEqual({ a: "2" });
    expect(found?.properties).toMatchObject({ data: { a: "2", b: "3" }, __fieldManager: "manager" });
  });

  it("calls an object gone that the server does not have, and one whose kind it does not know", async () => {
    expect(await reading([notFound])).toBeUndefined();
    const custom = object("Moon", {}, "example.com/v1");
    expect(
      await read(
        session(new Answers()),
        operation("example.com/v1:Moon"),
        "shop/x",
        checkpoint(custom, custom, {}, "example.com/v1", "m"),
        custom,
      ),
    ).toBeUndefined();
  });

  it.each(refusals)("that is answered by %s fails: the object is not gone", async (_, refusal) => {
    await expect(reading([refusal])).rejects.toBe(refusal);
  });

  describe("of a cluster that cannot be reached", () => {
    const unreachable = (settings = {}) =>
      read(session(new Answers(), settings, { why: gone }), operation(type), "shop/x", state, inputs);

    it("fails, as nothing says that the object is gone", async () => {
      await expect(unreachable()).rejects.toThrow("failed to read resource state due to unreachable cluster");
    });

    it("drops the object only where that is asked for, and keeps it where that is", async () => {
      expect(await unreachable({ deleteUnreachable: true })).toBeUndefined();
      expect(await unreachable({ skipUpdateUnreachable: true })).toEqual({ id: "shop/x", properties: state, inputs });
    });
  });

  it("of an object that is not ready fails as partial, with its state", async () => {
    const at = "GET /apis/apps/v1/namespaces/shop/deployments/x";
    const deployment = object(
      "Deployment",
      { spec: { replicas: 1 }, metadata: { generation: 2 }, status: { observedGeneration: 1 } },
      "apps/v1",
    );
    const from = checkpoint(deployment, deployment, {}, "apps/v1", "m");
    const pods = "GET /api/v1/namespaces/shop/pods";
    const reading = read(
      session(new Answers({ [at]: [deployment], [pods]: [{ items: [] }] })),
      operation("apps/v1:Deployment"),
      "shop/x",
      from,
      deployment,
    );
    await expect(reading).rejects.toThrow(PartialError);
    await expect(reading).rejects.toMatchObject({ id: "shop/x", properties: { kind: "Deployment" } });
  });

  it("of an import takes the whole object, but what the server alone writes", async () => {
    const there = object("ConfigMap", {
      data: { a: "1" },
      status: { x: 1 },
      metadata: {
        uid: "u",
        generation: 1,
        resourceVersion: "7",
        managedFields: [],
        creationTimestamp: "now",
        annotations: { "deployment.kubernetes.io/revision": "1", own: "2" },
      },
    });
    const found = await read(session(new Answers({ [GET]: [there] })), operation(type), "shop/x", {}, {});
    expect(found?.inputs).toEqual({
      ...object("ConfigMap", { data: { a: "1" } }),
      metadata: { name: "x", namespace: "shop", annotations: { own: "2" } },
    });
  });
});

describe("remove", () => {
  const removing = (replies: Record<string, Reply[]>, of: Bag = state, settings = {}, why?: string) => {
    const cluster = new Answers(replies);
    return { cluster, done: remove(session(cluster, settings, { why }), operation(type), "shop/x", of) };
  };

  it("deletes dependents first, and waits until the object is gone", async () => {
    const { cluster, done } = removing({ [DELETE]: [live], [GET]: [live, notFound] });
    await done;
    expect(cluster.asked).toEqual([DELETE, GET, GET]);
    expect(cluster.requests[0]!.body).toEqual({
      apiVersion: "v1",
      kind: "DeleteOptions",
      propagationPolicy: "Foreground",
    });
  });

  it("goes by the object's own word on its dependents, and does not wait where it says so", async () => {
    const own = { "pulumi.com/deletionPropagationPolicy": "orphan", "pulumi.com/skipAwait": "true" };
    const { cluster, done } = removing(
      { [DELETE]: [live] },
      checkpoint(object("ConfigMap", { metadata: { annotations: own } }), live, {}, "v1", "m"),
    );
    await done;
    expect(cluster.asked).toEqual([DELETE]);
    expect(cluster.requests[0]!.body.propagationPolicy).toBe("Orphan");
  });

  it("is content with an object that is not there, and with one of the name that came after it", async () => {
    await removing({ [DELETE]: [notFound] }).done;
    const next = removing({ [DELETE]: [live], [GET]: [object("ConfigMap", { metadata: { uid: "u2" } })] });
    await next.done;
    expect(next.cluster.asked).toEqual([DELETE, GET]);
  });

  it.each(refusals)("that is answered by %s fails", async (_, refusal) => {
    await expect(removing({ [DELETE]: [refusal] }).done).rejects.toBe(refusal);
  });

  it.each(refusals)("fails where whether it is gone is answered by %s", async (_, refusal) => {
    await expect(removing({ [DELETE]: [live], [GET]: [refusal] }).done).rejects.toBe(refusal);
  });

  it("from a cluster that cannot be reached fails, unless that is to be passed over", async () => {
    const { cluster, done } = removing({}, state, {}, gone);
    await expect(done).rejects.toThrow("configured Kubernetes cluster is unreachable");
    await removing({}, state, { deleteUnreachable: true }, gone).done;
    expect(cluster.asked).toEqual([]);
  });

  it("of a Patch resource deletes nothing: the object is somebody else's", async () => {
    const held = object("ConfigMap", { metadata: { managedFields: [{ manager: "manager", operation: "Apply" }] } });
    const cluster = new Answers({ [GET]: [held], [PATCH]: [held], [DELETE]: [held] });
    await remove(session(cluster), operation("core/v1:ConfigMapPatch"), "shop/x", state);
    expect(cluster.asked).toEqual([GET, PATCH]);
  });
});

describe("create", () => {
  const creating = (
    replies: Record<string, Reply[]>,
    { preview = false, settings = {}, why = undefined as string | undefined, of = inputs as Bag, as = type } = {},
  ) => {
    const cluster = new Answers(replies);
    const s = session(cluster, settings, { why });
    return { cluster, s, made: create(s, operation(as, { preview }), of) };
  };

  it("has the object's id, its state and who applied it", async () => {
    const { made } = creating({ [POST]: [live], [GET]: [live] });
    expect(await made).toEqual({
      id: "shop/x",
      properties: {
        ...live,
        __inputs: inputs,
        __initialApiVersion: "v1",
        __fieldManager: expect.stringMatching(/^pulumi-kubernetes-[0-9a-f]{8}$/),
      },
    });
  });

  it("keeps in the state what was secret", async () => {
    const { made } = creating({ [POST]: [live], [GET]: [live] }, { of: { ...inputs, data: { a: secret("1") } } });
    expect((await made).properties).toMatchObject({ data: { a: secret("1") }, __inputs: { data: { a: secret("1") } } });
  });

  it.each([...refusals, ["409 AlreadyExists", new ApiError(409, "there already", "AlreadyExists")] as [string, Error]])(
    "that is answered by %s says what the server said",
    async (_, refusal) => {
      await expect(creating({ [POST]: [refusal] }).made).rejects.toThrow(
        `was not successfully created by the Kubernetes API server: ${refusal.message}`,
      );
    },
  );

  it("of a kind that nobody knows names the kind", async () => {
    await expect(
      creating({}, { of: object("Moon", {}, "example.com/v1"), as: "example.com/v1:Moon" }).made,
    ).rejects.toThrow(/kind example\.com\/v1\/Moon failed[^]*Verify that any required CRDs/);
  });

  it("in a cluster that cannot be reached fails", async () => {
    await expect(creating({}, { why: gone }).made).rejects.toThrow(
      `configured Kubernetes cluster is unreachable: ${gone}`,
    );
  });

  it("takes an object over only where the provider is told to", async () => {
    const { cluster, made } = creating(
      { [PATCH]: [live], [GET]: [live] },
      { settings: { upsertExistingObjects: true } },
    );
    await made;
    expect(cluster.asked[0]).toBe(PATCH);
  });

  describe("in a preview", () => {
    const asIs = { id: "", properties: inputs };

    it("has what the server would make of it", async () => {
      const { made } = creating({ [POST]: [{ ...live, status: { a: 1 } }] }, { preview: true });
      expect(await made).toMatchObject({ id: "", properties: { metadata: { uid: "u1" } } });
      expect((await made).properties).not.toHaveProperty("status");
    });

    it.each<[string, Error]>([
      ["the object is there", new ApiError(409, "there already", "AlreadyExists")],
      ["its namespace is on its way", noNamespace],
      ["the user may not ask", new ApiError(403, "forbidden", "Forbidden")],
      ["a webhook knows no dry run", new ApiError(400, 'admission webhook "x" does not support dry run', "BadRequest")],
    ])("is the inputs as they are where %s", async (_, refusal) => {
      expect(await creating({ [POST]: [refusal] }, { preview: true }).made).toEqual(asIs);
    });

    it.each(refusals.filter(([name]) => name !== "403"))("fails where the server answers by %s", async (_, refusal) => {
      await expect(creating({ [POST]: [refusal] }, { preview: true }).made).rejects.toThrow(refusal.message);
    });

    it("asks nothing of what is not known yet, nor of a cluster that cannot be reached", async () => {
      const unknown = { ...inputs, data: { a: UNKNOWN } };
      const first = creating({}, { preview: true, of: unknown });
      expect(await first.made).toEqual({ id: "", properties: unknown });
      expect(await creating({}, { preview: true, why: gone }).made).toEqual(asIs);
      expect(first.cluster.asked).toEqual([]);
    });
  });

  it("of an object that does not get ready fails as partial: the engine keeps what was made, and why", async () => {
    const never = object("ConfigMap", {
      metadata: { annotations: { "pulumi.com/waitFor": "jsonpath={.data.done}", "pulumi.com/timeoutSeconds": "0.01" } },
    });
    const { made } = creating({ [POST]: [live], [GET]: [live] }, { of: never });
    await expect(made).rejects.toThrow(PartialError);
    await expect(made).rejects.toMatchObject({
      id: "shop/x",
      reasons: ["jsonpath={.data.done} was not met"],
      properties: { metadata: { uid: "u1" } },
    });
    // As it is by then, and as it was made where nobody can tell any more.
    for (const [now, resourceVersion] of [
      [{ ...live, metadata: { ...live.metadata, resourceVersion: "8" } }, "8"],
      [new ApiError(403, "not you", "Forbidden"), "7"],
    ] as [Reply, string][]) {
      const { made: again } = creating({ [POST]: [live], [GET]: [now] }, { of: never });
      await expect(again).rejects.toMatchObject({
        id: "shop/x",
        properties: { metadata: { uid: "u1", resourceVersion } },
      });
    }
  });
});

describe("update", () => {
  const news = object("ConfigMap", { data: { a: "2" } });
  const updating = (
    replies: Record<string, Reply[]>,
    { preview = false, why = undefined as string | undefined } = {},
  ) => {
    const cluster = new Answers(replies);
    return { cluster, done: update(session(cluster, {}, { why }), operation(type, { preview }), state, news) };
  };

  it("applies the new inputs under the name they were applied before", async () => {
    const { cluster, done } = updating({ [GET]: [live], [PATCH]: [live] });
    expect(await done).toMatchObject({
      __inputs: { data: { a: "2" } },
      __fieldManager: "manager",
      __initialApiVersion: "v1",
    });
    expect(cluster.requests.find(({ method }) => method === "PATCH")?.query).toMatchObject({ fieldManager: "manager" });
  });

  it("keeps the version that the object was created with, and takes that of its inputs where the state says none", async () => {
    const updated = async (olds: Bag) =>
      (await update(session(new Answers({ [GET]: [live], [PATCH]: [live] })), operation(type), olds, news))
        .__initialApiVersion;
    expect(await updated({ ...state, __initialApiVersion: "v1beta1" })).toBe("v1beta1");
    expect(await updated({ ...state, __initialApiVersion: undefined })).toBe("v1");
  });

  it.each(refusals)("that is answered by %s fails as partial, with the object as it is now", async (_, refusal) => {
    const { done } = updating({ [GET]: [live], [PATCH]: [refusal] });
    await expect(done).rejects.toThrow(PartialError);
    await expect(done).rejects.toMatchObject({ id: "shop/x", message: expect.stringContaining(refusal.message) });
  });

  it("of an object that is not there any more says so", async () => {
    await expect(updating({ [GET]: [notFound] }).done).rejects.toThrow(
      /update of resource .* failed: configmaps "x" not found[^]*unable to get cluster state/,
    );
  });

  it("of a preview passes over a right that the user lacks, and no other no", async () => {
    expect(await updating({ [GET]: [live], [PATCH]: [refusals[1]![1]] }, { preview: true }).done).toEqual(news);
    for (const [name, refusal] of refusals.filter(([name]) => name !== "403")) {
      await expect(updating({ [GET]: [live], [PATCH]: [refusal] }, { preview: true }).done, name).rejects.toThrow(
        refusal.message,
      );
    }
  });

  it("in a cluster that cannot be reached fails, and is previewed by the inputs", async () => {
    await expect(updating({}, { why: gone }).done).rejects.toThrow("unreachable");
    expect(await updating({}, { why: gone, preview: true }).done).toEqual(news);
  });
});
