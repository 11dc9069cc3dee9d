import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../../../base/errors";
import { type Api, ApiError } from "../../../kube";
import { untilReady, whileTaken } from "../../../cli/repair/rollout";
import { ApiSilent } from "../../../cli/seat/api";

let now = 0;
vi.mock("node:timers/promises", () => ({
  setTimeout: async (ms: number) => {
    now += ms;
  },
}));
beforeEach(() => {
  now = 0;
  vi.spyOn(Date, "now").mockImplementation(() => now);
});
afterEach(() => void vi.restoreAllMocks());

const path = "/apis/apps/v1/namespaces/blog/deployments/api";
const { signal } = new AbortController();
const ready = {
  metadata: { name: "api", generation: 2 },
  spec: { replicas: 1 },
  status: { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
};
const refused = {
  ...ready,
  status: { conditions: [{ type: "ReplicaFailure", status: "True", message: "exceeded quota: small" }] },
};
const api = (answer: () => object) =>
  ({
    get: async () => {
      const found = answer();
      if (found instanceof Error) throw found;
      return found;
    },
    list: async () => [],
  }) as unknown as Api;

describe("waiting for pods", () => {
  it("ends as soon as all are made from the present template and are there", async () => {
    const answers = [
      { ...ready, status: { ...ready.status, observedGeneration: 1 } },
      { ...ready, status: { ...ready.status, replicas: 2 } },
      ready,
    ];
    await untilReady(
      api(() => answers.shift()!),
      [path],
      signal,
    );
    expect(answers).toEqual([]);
    expect(now).toBe(2000);
  });

  it("goes on where the API server is silent for a moment, and ends where it stays silent", async () => {
    const answers = [new ApiSilent("no answer"), ready];
    await untilReady(
      api(() => answers.shift()!),
      [path],
      signal,
    );
    expect(answers).toEqual([]);
    const silent = untilReady(
      api(() => new ApiSilent("no answer")),
      [path],
      signal,
    );
    await expect(silent).rejects.toThrow("no answer");
    expect(now).toBeLessThan(90_000);
  });

  it.each<[string, object, string]>([
    ["the API server's sentence", refused, "Deployment blog/api: exceeded quota: small"],
    ["that it is gone", new ApiError(404, "gone", "NotFound"), "Deployment blog/api does not exist"],
  ])("ends within a minute with %s", async (_, answer, said) => {
    await expect(
      untilReady(
        api(() => answer),
        [path],
        signal,
      ),
    ).rejects.toThrow(new RegExp(`^Not ready after \\d+ s: ${said}$`));
    expect(now).toBeLessThanOrEqual(60_000);
  });

  it.each<[string, object]>([
    ["a template that no controller has read yet", { observedGeneration: 1 }],
    ["no generation that a controller has read", { observedGeneration: undefined }],
    ["pods of the old template beside the new ones", { replicas: 2 }],
    ["none of its pods", { replicas: undefined }],
    ["pods of the old template alone", { updatedReplicas: 0 }],
    ["no pod of the present template", { updatedReplicas: undefined }],
    ["pods that are not available", { availableReplicas: 0 }],
    ["no pod that is available", { availableReplicas: undefined }],
  ])("does not end with %s", async (_, status) => {
    const answers = [{ ...ready, status: { ...ready.status, ...status } }, ready];
    await untilReady(
      api(() => answers.shift()!),
      [path],
      signal,
    );
    expect(answers).toEqual([]);
  });

  it("takes a workload that is scaled to nothing for ready, and one without a number for one of a single pod", async () => {
    const none = { ...ready, spec: { replicas: 0 }, status: { observedGeneration: 2 } };
    for (const live of [none, { ...ready, spec: {} }])
      await untilReady(
        api(() => live),
        [path],
        signal,
      );
    expect(now).toBe(0);
  });

  it.each(["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CrashLoopBackOff", "CreateContainerConfigError"])(
    "ends within a minute with a pod that waits for %s, and looks at no pod that is about to go",
    async (reason) => {
      const pod = (metadata: object, why: string) => ({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "api-1", namespace: "blog", ...metadata },
        status: { containerStatuses: [{ name: "api", state: { waiting: { reason: why } } }] },
      });
      const slow = { ...ready, spec: { selector: { matchLabels: { app: "api" } } }, status: {} };
      const asked: unknown[] = [];
      const pods = [pod({ deletionTimestamp: "2026-01-31T09:30:00Z" }, "ErrImagePull"), pod({}, reason)];
      const of = (list: object[]) =>
        ({ get: async () => slow, list: async (...query: unknown[]) => (asked.push(query), list) }) as unknown as Api;
      await expect(untilReady(of(pods), [path], signal)).rejects.toThrow(reason);
      expect(now).toBeLessThanOrEqual(60_000);
      expect(asked[0]).toEqual(["/api/v1/namespaces/blog/pods", { query: { labelSelector: "app=api" } }]);
      now = 0;
      await expect(untilReady(of(pods.slice(0, 1)), [path], signal)).rejects.toThrow("its pods are not all ready");
      expect(now).toBeGreaterThan(120_000);
    },
  );

  it("waits longer for pods that only start slowly", async () => {
    const slow = { ...ready, status: {} };
    await expect(
      untilReady(
        api(() => slow),
        [path],
        signal,
      ),
    ).rejects.toThrow("its pods are not all ready");
    expect(now).toBeGreaterThan(120_000);
  });
});

describe("a run that waits for pods", () => {
  const waiting = (bounded: AbortSignal) =>
    new Promise<void>((_, reject) => bounded.addEventListener("abort", () => reject(new Error("interrupted"))));

  it("is ended where the API server refuses them, with its sentence", async () => {
    const run = whileTaken(
      api(() => refused),
      [path],
      signal,
      waiting,
    );
    await expect(run).rejects.toThrow(new UserError("The API server refuses pods: exceeded quota: small"));
    expect(now).toBeLessThanOrEqual(60_000);
  });

  it("is ended within a minute where pods cannot become ready, with the pod's sentence", async () => {
    const message = 'Back-off pulling image "pilot:0"';
    const pod = {
      metadata: { name: "api-1" },
      status: { containerStatuses: [{ name: "api", state: { waiting: { reason: "ImagePullBackOff", message } } }] },
    };
    const run = whileTaken(
      { ...api(() => ({ ...ready, status: {} })), list: async () => [pod] } as unknown as Api,
      [path],
      signal,
      waiting,
    );
    await expect(run).rejects.toThrow(
      /^Pods cannot become ready: Deployment blog\/api: .*Back-off pulling image "pilot:0"/,
    );
    expect(now).toBeLessThanOrEqual(60_000);
  });

  it("goes on where they are refused for a moment alone, and has its own failure", async () => {
    let looks = 0;
    const run = whileTaken(
      api(() => (++looks % 3 === 0 ? ready : refused)),
      [path],
      signal,
      async () => {
        while (looks < 30) await Promise.resolve();
        throw new UserError("its own");
      },
    );
    await expect(run).rejects.toThrow("its own");
  });
});
