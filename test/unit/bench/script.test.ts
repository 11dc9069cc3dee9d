import { execaSync } from "execa";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { SECRET, SIGNATURE } from "../../../base/pulumi-marks";
import { partsOf, type Export, type ExportedResource } from "../../../bench/script/parts";
import { scriptFiles } from "../../../bench/script/write";

const urn = (name: string) => `urn:pulumi:shared::istio-lab::${name}`;
const object = (type: string, inputs: object): ExportedResource => ({
  urn: urn(type),
  type: `kubernetes:${type}`,
  inputs: inputs as Record<string, unknown>,
});
const release = (name: string, namespace: string, after: string[] = [], more: object = {}): ExportedResource => ({
  urn: urn(name),
  type: "kubernetes:helm.sh/v3:Release",
  dependencies: after.map(urn),
  inputs: { name, namespace, chart: "./.lab/charts/it", timeout: 300, compat: "true", values: { of: name }, ...more },
});

const exported: Export = {
  deployment: {
    resources: [
      { urn: urn("stack"), type: "pulumi:pulumi:Stack" },
      { urn: urn("guard"), type: "pulumi-nodejs:dynamic/cluster:Guard", inputs: {} },
      object("core/v1:Namespace", { apiVersion: "v1", kind: "Namespace", metadata: { name: "blog" } }),
      object("core/v1:NamespacePatch", {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name: "default", labels: { "istio-injection": "enabled" } },
      }),
      release("base", "istio-system"),
      release("istiod", "istio-system", ["base"]),
      release("gateway", "istio-ingress", ["istiod"]),
      object("apps/v1:Deployment", {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "it's", namespace: "blog", annotations: { "pulumi.com/skipAwait": "true", kept: "yes" } },
        __defaults: [],
      }),
      object("core/v1:Secret", {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "key", namespace: "blog" },
        stringData: { [SIGNATURE]: SECRET, plaintext: '{"a":"b"}' },
      }),
      object("rbac/v1:ClusterRole", { apiVersion: "rbac/v1", kind: "ClusterRole", metadata: { name: "all" } }),
    ],
  },
};

describe("what the script makes", () => {
  const parts = partsOf(exported);

  it("is the stack's objects and releases, and nothing else of it", () => {
    expect(parts.namespaces.map(({ metadata }) => metadata.name)).toEqual(["blog"]);
    expect(parts.labelled.map(({ metadata }) => metadata.name)).toEqual(["default"]);
    expect(parts.objects.map(({ kind }) => kind)).toEqual(["Deployment", "Secret", "ClusterRole"]);
  });

  it("is in turn where a release needs another, and else side by side", () => {
    expect(parts.releasesInTurn.map(({ name }) => name)).toEqual(["base", "istiod"]);
    expect(parts.releasesBeside.map(({ name }) => name)).toEqual(["gateway"]);
  });

  it("lacks what only Pulumi reads, and has a secret's text", () => {
    expect(parts.objects[0]).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "it's", namespace: "blog", annotations: { kept: "yes" } },
    });
    expect(parts.objects[1]).toMatchObject({ stringData: { a: "b" } });
  });
});

describe("the script", () => {
  const files = scriptFiles(partsOf(exported), "/lab");

  it("makes base, then istiod, then the rest side by side, with one wait", () => {
    expect(files["make.sh"]!.split("\n").slice(3)).toEqual([
      "kubectl apply -f namespaces.yaml",
      "helm upgrade --install base /lab/.lab/charts/it --namespace istio-system --values values-base.yaml --wait --timeout 300s",
      "helm upgrade --install istiod /lab/.lab/charts/it --namespace istio-system --values values-istiod.yaml --wait --timeout 300s",
      "pids=()",
      "helm upgrade --install gateway /lab/.lab/charts/it --namespace istio-ingress --values values-gateway.yaml --wait --timeout 300s & pids+=($!)",
      "kubectl apply -f in-blog.yaml & pids+=($!)",
      "kubectl apply -f cluster.yaml & pids+=($!)",
      'for pid in "${pids[@]}"; do wait "$pid"; done',
      "kubectl wait --for=condition=Available --timeout=300s -f deployments.yaml",
      "",
    ]);
  });

  it("takes away the objects, the releases from the last to the first, the namespaces and the CRDs", () => {
    expect(files["remove.sh"]!.split("\n").slice(3)).toEqual([
      "kubectl delete --ignore-not-found -f in-blog.yaml -f cluster.yaml",
      "helm uninstall gateway --namespace istio-ingress",
      "helm uninstall istiod --namespace istio-system",
      "helm uninstall base --namespace istio-system",
      "kubectl delete namespaces blog",
      "kubectl label namespace default istio-injection-",
      "kubectl get customresourcedefinitions -o name | grep '\\.istio\\.io$' | xargs kubectl delete",
      "kubectl delete configmaps --all-namespaces --field-selector metadata.name=istio-ca-root-cert",
      "kubectl delete configmaps --all-namespaces --field-selector metadata.name=istio-ca-crl",
      "",
    ]);
  });

  it("never deletes a namespace that it only labels", () => {
    expect(files["remove.sh"]).not.toMatch(/delete namespaces.*default/);
  });

  it("names a chart of a repository by its version", () => {
    const repository = { chart: "istiod", version: "1.31.1", repositoryOpts: { repo: "https://charts.example" } };
    const resources = [release("istiod", "istio-system", [], repository)];
    expect(scriptFiles(partsOf({ deployment: { resources } }), "/lab")["make.sh"]).toContain(
      "helm upgrade --install istiod istiod --repo https://charts.example --version 1.31.1 --namespace istio-system",
    );
  });

  it("has every object in one file, and is a script that bash can read", () => {
    const names = (file: string) => parseAllDocuments(files[file]!).map((one) => one.getIn(["metadata", "name"]));
    expect(names("namespaces.yaml")).toEqual(["blog", "default"]);
    expect(names("in-blog.yaml")).toEqual(["it's", "key"]);
    expect(names("cluster.yaml")).toEqual(["all"]);
    expect(names("deployments.yaml")).toEqual(["it's"]);
    for (const name of ["make.sh", "remove.sh"]) {
      const { exitCode, stderr } = execaSync("bash", ["-n"], { input: files[name]!, reject: false });
      expect(exitCode, `${name}: ${stderr}`).toBe(0);
    }
  });
});
