import { describe, expect, it } from "vitest";
import type { Api, KubeObject, WholeObject } from "../../../kube";
import { ApiError } from "../../../kube";
import { putBack, takeover, tryToApply } from "../../../cli/repair/apply";
import type { Placed } from "../../../cli/repair/plan";

const replicas = { "f:spec": { "f:replicas": {} } };
const image = { "f:spec": { "f:template": { "f:image": {} } } };
const live = (...managedFields: object[]): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "api", namespace: "blog", uid: "1", resourceVersion: "7", managedFields: managedFields as never },
});
const entry = (more: Partial<Placed> = {}): Placed => ({
  owner: { by: "pulumi", urn: "u", manager: "pulumi-kubernetes-1", isPatch: false },
  made: { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "api", namespace: "blog" }, spec: {} },
  path: "/deployments/api",
  ...more,
});

/** An API server that notes what it is asked. */
function server(found: KubeObject | undefined) {
  const asked: unknown[][] = [];
  const api = {
    get: async () => (found === undefined ? Promise.reject(new ApiError(404, "gone", "NotFound")) : found),
    request: async (
      method: string,
      path: string,
      { type, query, body }: { type: string; query?: object; body: unknown },
    ) => void asked.push([method, path, type, query, body]),
  };
  return { api: api as unknown as Api, asked };
}

describe("what a hand has written", () => {
  it("becomes the owner's own, so that the API server takes it away with the next apply", () => {
    const own = { manager: "pulumi-kubernetes-1", operation: "Apply", fieldsV1: image };
    const first = { manager: "pulumi-kubernetes", operation: "Update", fieldsV1: image };
    const status = { manager: "OpenLens", operation: "Update", subresource: "status", fieldsV1: {} };
    const hands = [
      { manager: "OpenLens", operation: "Update", fieldsV1: replicas },
      { manager: "kubectl", operation: "Update", subresource: "scale", fieldsV1: replicas },
    ];
    const patch = takeover(live(first, own, status, ...hands), "pulumi-kubernetes-1") as {
      op: string;
      value: object[];
    }[];
    expect(patch.map(({ op }) => op)).toEqual(["test", "test", "replace"]);
    expect(patch[0]).toMatchObject({ path: "/metadata/uid", value: "1" });
    expect(patch[2]!.value).toEqual([
      first,
      status,
      expect.objectContaining({
        manager: "pulumi-kubernetes-1",
        operation: "Apply",
        apiVersion: "apps/v1",
        fieldsV1: { "f:spec": { "f:template": { "f:image": {} }, "f:replicas": {} } },
      }),
    ]);
  });

  it("needs nothing where no hand was there", () =>
    expect(takeover(live({ manager: "helm", operation: "Update", fieldsV1: image }), "helm")).toBeUndefined());

  it("keeps the note of a restart, so that the pods are not made once more, and loses kubectl's copy", () => {
    const notes = {
      "f:kubectl.kubernetes.io/restartedAt": {},
      "f:kubectl.kubernetes.io/last-applied-configuration": {},
    };
    const hand = {
      manager: "kubectl-rollout",
      operation: "Update",
      fieldsV1: { "f:metadata": { "f:annotations": notes } },
    };
    const [, , { value }] = takeover(live(hand), "helm") as [object, object, { value: object[] }];
    expect(value).toEqual([
      expect.objectContaining({
        fieldsV1: { "f:metadata": { "f:annotations": { "f:kubectl.kubernetes.io/last-applied-configuration": {} } } },
      }),
    ]);
  });
});

describe("putting back", () => {
  it("tries without effect, and then applies by force in the owner's name", async () => {
    const { api, asked } = server(live({ manager: "OpenLens", operation: "Update", fieldsV1: replicas }));
    await tryToApply(api, entry());
    expect(asked).toEqual([
      [
        "PATCH",
        "/deployments/api",
        "application/apply-patch+yaml",
        { fieldManager: "pulumi-kubernetes-1", force: "true", dryRun: "All" },
        entry().made,
      ],
    ]);
    await putBack(api, entry());
    expect(asked.slice(1).map(([, , type, query]) => [type, query])).toEqual([
      ["application/json-patch+json", undefined],
      ["application/apply-patch+yaml", { fieldManager: "pulumi-kubernetes-1", force: "true" }],
    ]);
  });

  /** An API server that refuses to hand fields over so many times. */
  const refusing = (code: number, times: number) => {
    const { api, asked } = server(live({ manager: "OpenLens", operation: "Update", fieldsV1: replicas }));
    let left = times;
    const request: typeof api.request = async (method, at, options) => {
      await api.request(method, at, options);
      if (options?.type === "application/json-patch+json" && left-- > 0) throw new ApiError(code, "no", "Conflict");
      return undefined as never;
    };
    return { api: { ...api, request } as unknown as Api, types: () => asked.map(([, , type]) => type) };
  };
  const [handed, apply] = ["application/json-patch+json", "application/apply-patch+yaml"];

  it.each([409, 422])(
    "tries again where a controller wrote meanwhile (%d), and ends after five times",
    async (code) => {
      const some = refusing(code, 4);
      await putBack(some.api, entry());
      expect(some.types()).toEqual([...Array<string>(5).fill(handed), apply]);
      const always = refusing(code, 5);
      await expect(putBack(always.api, entry())).rejects.toThrow(ApiError);
      expect(always.types()).toEqual(Array(5).fill(handed));
    },
  );

  it("ends with any other refusal", async () => {
    const { api, types } = refusing(403, 1);
    await expect(putBack(api, entry())).rejects.toThrow(ApiError);
    expect(types()).toEqual([handed]);
  });

  it("leaves the other fields of an object that is somebody's to whoever wrote them", async () => {
    const { api, types } = refusing(409, 0);
    await putBack(api, entry({ isShared: true }));
    expect(types()).toEqual([apply]);
  });

  it("applies nothing that only the API server writes", async () => {
    const { api, asked } = server(undefined);
    const { made } = entry();
    const told = { uid: "1", resourceVersion: "7", managedFields: [], creationTimestamp: "2026-01-31T09:30:00Z" };
    await putBack(
      api,
      entry({ made: { ...made, metadata: { ...made.metadata, ...told }, status: { replicas: 1 } } as WholeObject }),
    );
    expect(asked.map(([, , , , body]) => body)).toEqual([made]);
  });

  it("makes what is gone, and writes as Helm does in the cluster at hand", async () => {
    const { api, asked } = server(undefined);
    const owner = { by: "chart", urn: "u", release: "istio-system/istiod", manager: "helm" } as const;
    await putBack(api, entry({ owner }));
    await putBack(
      api,
      entry({ owner, live: live({ manager: "kubectl" }, { manager: "pulumi-resource-kubernetes", fieldsV1: {} }) }),
    );
    expect(asked.map(([, , , query]) => (query as { fieldManager: string }).fieldManager)).toEqual([
      "helm",
      "pulumi-resource-kubernetes",
    ]);
  });
});
