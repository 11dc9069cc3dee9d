import { expect, test } from "vitest";
import { named } from "./graph";
import { config, runProgram } from "./program";

test("a claim without a class, in a namespace of its own, that nobody waits for", async () => {
  const { resources } = await runProgram(config({ lessons: ["admission"] }));
  expect(named(resources, "admission-claim").inputs).toEqual({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "myclaim", namespace: "admission", annotations: { "pulumi.com/skipAwait": "true" } },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "64Mi" } } },
  });
  // Made anew by hand it lacks the annotation: then it is made anew once more, and two of one name cannot stand side by side.
  expect(named(resources, "admission-claim")).toMatchObject({
    replaceOnChanges: ["metadata.annotations"],
    deleteBeforeReplace: true,
  });
  expect(named(resources, "admission-namespace-injected").inputs.metadata).toEqual({
    name: "admission",
    labels: { "istio-injection": "enabled" },
  });
});
