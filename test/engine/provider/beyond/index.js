// What the recordings do not have; `stage` chooses.
const pulumi = require("@pulumi/pulumi"); const k8s = require("@pulumi/kubernetes"); const fs = require("fs");
const config = new pulumi.Config();
const stage = config.require("stage");
const provider = new k8s.Provider("seat", { kubeconfig: pulumi.secret(fs.readFileSync(process.env.RECKUBE, "utf8")), enablePatchForce: true, upsertExistingObjects: true, clusterIdentifier: "seat" });
const o = { provider };
const ns = new k8s.core.v1.Namespace("ns", { metadata: { name: "beyond" } }, o);
const namespace = ns.metadata.name;
const release = (image) => new k8s.helm.v3.Release("rel", { name: "tiny", chart: "./chart", namespace, values: { image }, timeout: config.getNumber("timeout") ?? 8, atomic: false }, o);
const good = "docker.io/curlimages/curl:8.8.0";
const stages = {
  objects: () => {
    new k8s.core.v1.NamespacePatch("default", { metadata: { name: "default", labels: { patched: "yes" } } }, o);
    new k8s.core.v1.ConfigMap("found", { metadata: { name: "found", namespace }, data: { by: "pulumi" } }, o);
    new k8s.core.v1.ConfigMap("ready", { metadata: { name: "ready", namespace, annotations: { "pulumi.com/waitFor": "jsonpath={.data.ready}=yes" } }, data: { ready: "yes" } }, o);
    const late = new k8s.storage.v1.StorageClass("late", { metadata: { name: "late" }, provisioner: "none/none", volumeBindingMode: "WaitForFirstConsumer" }, o);
    new k8s.core.v1.PersistentVolumeClaim("claim", { metadata: { name: "claim", namespace }, spec: { storageClassName: late.metadata.name, accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1024Mi" } } } }, o);
    // Side by side with its definition: no dependsOn.
    new k8s.apiextensions.CustomResource("widget", { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w", namespace }, spec: { size: 1 } }, o);
    new k8s.apiextensions.v1.CustomResourceDefinition("widgets", { metadata: { name: "widgets.example.com" }, spec: { group: "example.com", scope: "Namespaced", names: { plural: "widgets", singular: "widget", kind: "Widget" },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } } }] } }, o);
    new k8s.apps.v1.Deployment("still", { metadata: { name: "still", namespace, annotations: { "pulumi.com/skipAwait": "true" } }, spec: { selector: { matchLabels: { app: "still" } }, template: { metadata: { labels: { app: "still" } }, spec: { containers: [{ name: "c", image: "docker.io/none/none:1", imagePullPolicy: "Never", resources: { requests: { cpu: "0.005", memory: "8Mi" } } }] } } } }, o);
  },
  never: () => new k8s.core.v1.ConfigMap("never", { metadata: { name: "never", namespace, annotations: { "pulumi.com/waitFor": "condition=Ready", "pulumi.com/timeoutSeconds": "2" } }, data: {} }, o),
  webhook: () => new k8s.core.v1.ConfigMap("hooked", { metadata: { name: "hooked", namespace, labels: { hooked: "yes" } }, data: { a: "1" } }, o),
  badrelease: () => release("docker.io/none/none:1"),
  goodrelease: () => release(good),
  empty: () => undefined,
};
stages[stage]();
