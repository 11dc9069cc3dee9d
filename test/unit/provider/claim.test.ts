import { expect, it } from "vitest";
import { diffObject } from "../../../embedded/provider/diff";

const claim = (spec: object) => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "data", namespace: "default" },
  spec,
});
const spec = {
  accessModes: ["ReadWriteOnce"],
  storageClassName: "standard",
  resources: { requests: { storage: "1Gi" } },
};

/** As the official plugin 4.32.0 does. */
it.each([
  ["a larger size is an update", { resources: { requests: { storage: "2Gi" } } }, []],
  ["another class is another claim", { storageClassName: "fast" }, ["spec.storageClassName"]],
  ["another mode is another claim", { accessModes: ["ReadWriteMany"] }, ["spec.accessModes[0]"]],
])("of a PersistentVolumeClaim %s", (_, change, replaces) => {
  const urn = "urn:pulumi:s::p::kubernetes:core/v1:PersistentVolumeClaim::data";
  const diff = diffObject({
    urn,
    olds: { ...claim(spec), __inputs: claim(spec) },
    news: claim({ ...spec, ...change }),
    ignoreChanges: [],
    mutable: { configMap: false, secret: false },
  });
  expect(diff).toMatchObject({ changes: true, replaces });
});
