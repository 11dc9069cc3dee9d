import { describe, expect, it } from "vitest";
import { statefulSet } from "../../../embedded/provider/await/others";
import type { Cluster } from "../../../embedded/provider/cluster";

/** A StatefulSet of two pods, all of the newest revision and ready, as the controller reports it; `changed` is laid over its status. */
function set(changed: object = {}, spec: object = {}, generation = 2) {
  const status = {
    observedGeneration: 2,
    replicas: 2,
    readyReplicas: 2,
    currentReplicas: 2,
    updatedReplicas: 2,
    currentRevision: "loki-b",
    updateRevision: "loki-b",
  };
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "loki", namespace: "istio-system", generation },
    spec: { replicas: 2, ...spec },
    status: { ...status, ...changed },
  };
}

const look = (object: ReturnType<typeof set>) => statefulSet.look(object, undefined as unknown as Cluster);

/** The conditions of the official plugin: pulumi-kubernetes, provider/pkg/await/statefulset.go. */
describe("a StatefulSet", () => {
  it("is started when all its pods are there, ready and of the newest revision", async () => {
    expect(await look(set())).toMatchObject({ ready: true });
    expect(
      await look(set({ replicas: 0, readyReplicas: undefined, updatedReplicas: undefined }, { replicas: 0 })),
    ).toMatchObject({ ready: true });
  });

  it.each([
    ["a pod is not ready", set({ readyReplicas: 1 }), "1 out of 2 replicas succeeded readiness checks"],
    ["the controller has not seen the change", set({}, {}, 3), expect.any(String)],
    ["it has no status yet", { ...set(), status: {} as never }, "0 out of 2 replicas succeeded readiness checks"],
    [
      "a pod that is to go is still there",
      set({ replicas: 3, readyReplicas: 3 }),
      "3 out of 2 replicas succeeded readiness checks",
    ],
    [
      "an old pod is left in a roll-out",
      set({ updatedReplicas: 1, updateRevision: "loki-c" }),
      'StatefulSet controller failed to advance from revision "loki-b" to revision "loki-c"',
    ],
  ])("is not while %s", async (_, object, problem) => {
    expect(await look(object)).toMatchObject({ ready: false, problems: [problem] });
  });

  it("that replaces its pods only when they are deleted is started with the old ones", async () => {
    expect(
      await look(set({ updatedReplicas: 0, updateRevision: "loki-c" }, { updateStrategy: { type: "OnDelete" } })),
    ).toMatchObject({ ready: true });
  });
});
