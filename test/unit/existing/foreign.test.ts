import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { foreignOf, foreignText } from "../../../cli/targets/existing/foreign";
import { emptyCluster, ofRelease, type ApiServer } from "./api-server";

let server: ApiServer;
beforeEach(async () => {
  server = await emptyCluster("cluster-1");
  const verbs = ["list", "delete"];
  Object.assign(server.answers, {
    "/apis": {
      groups: [
        { preferredVersion: { groupVersion: "apps/v1" } },
        { preferredVersion: { groupVersion: "metrics.k8s.io/v1beta1" } },
      ],
    },
    "/api/v1": {
      resources: ["ConfigMap", "Secret", "Service", "ServiceAccount", "PersistentVolumeClaim", "Pod", "Endpoints"].map(
        (kind) => ({ name: plural(kind), kind, namespaced: true, verbs }),
      ),
    },
    "/apis/apps/v1": { resources: [{ name: "deployments", kind: "Deployment", namespaced: true, verbs }] },
    "/apis/metrics.k8s.io/v1beta1": {
      resources: [{ name: "pods", kind: "PodMetrics", namespaced: true, verbs: ["get", "list"] }],
    },
  });
  server.add(
    "/api/v1/namespaces",
    { metadata: { name: "blog", uid: "blog-1" } },
    { metadata: { name: "istio-system", uid: "system-1" } },
    { metadata: { name: "default", uid: "default-1" } },
  );
});
afterEach(() => server.stop());

const plural = (kind: string) => (kind === "Endpoints" ? "endpoints" : `${kind.toLowerCase()}s`);
const by = (manager: string, subresource?: string) => ({
  managedFields: [{ manager, ...(subresource && { subresource }) }],
  creationTimestamp: "2026-11-28T12:00:00Z",
});
const put = (kind: string, id: string, metadata: object = by("kubectl-create")) => {
  const [namespace, name] = id.split("/") as [string, string];
  server.add(kind === "Deployment" ? "/apis/apps/v1/deployments" : `/api/v1/${plural(kind)}`, {
    metadata: { name, namespace, ...metadata },
  });
};

/** A stack that has made the namespaces blog and istio-system, a Deployment, and istiod's release; default it has labelled. */
const resource = (type: string, id: string, outputs: object = {}, inputs: object = {}) => ({
  urn: "",
  type: `kubernetes:${type}`,
  id,
  outputs: outputs as Record<string, unknown>,
  inputs: inputs as Record<string, unknown>,
});
const resources = [
  resource("core/v1:Namespace", "blog", { metadata: { name: "blog", uid: "blog-1" } }),
  resource("core/v1:Namespace", "istio-system", { metadata: { name: "istio-system", uid: "system-1" } }),
  resource("core/v1:NamespacePatch", "default", { metadata: { name: "default" } }),
  resource("apps/v1:Deployment", "blog/api", { metadata: { name: "api", namespace: "blog" } }),
  resource("helm.sh/v3:Release", "istio-system/istiod", {}, { name: "istiod", namespace: "istio-system" }),
];
const foreign = () => foreignOf(server.kubeconfig, resources);

describe("what goes with the namespaces of a stack", () => {
  it("is the stack's, its releases', the cluster's own, or istiod's: nothing is foreign", async () => {
    put("Deployment", "blog/api");
    put("Pod", "blog/api-1", { ownerReferences: [{ kind: "ReplicaSet", name: "api" }] });
    put("ConfigMap", "blog/kube-root-ca.crt", by("kube-controller-manager"));
    put("ConfigMap", "blog/istio-ca-root-cert", by("pilot-discovery"));
    put("ServiceAccount", "blog/default", {});
    put("Endpoints", "blog/api");
    put("Deployment", "istio-system/istiod", { annotations: ofRelease("istiod"), ...by("Helm") });
    put("Secret", "istio-system/istio-ca-secret", by("pilot-discovery"));
    put("ConfigMap", "istio-system/istio-leader", by("pilot-discovery"));
    put("Secret", "istio-system/sh.helm.release.v1.istiod.v2", {
      labels: { owner: "helm", name: "istiod" },
      ...by("Helm"),
    });
    expect(await foreign()).toEqual({ objects: [], notAsked: [] });
  });

  it("is foreign otherwise, each by its name, with who made it; what is in default stays where it is", async () => {
    put("ConfigMap", "blog/notes");
    put("Secret", "blog/token");
    put("PersistentVolumeClaim", "blog/data");
    put("PersistentVolumeClaim", "blog/set-0", by("kube-controller-manager"));
    put("Deployment", "blog/theirs");
    put("ConfigMap", "default/before");
    put("Deployment", "istio-system/other", { annotations: ofRelease("kiali"), ...by("Helm") });
    put("Secret", "istio-system/sh.helm.release.v1.istiod-old.v1", {
      labels: { owner: "helm", name: "istiod-old" },
      ...by("Helm"),
    });
    const since = "since 2026-11-28T12:00:00Z";
    expect(await foreign()).toEqual({
      objects: [
        `ConfigMap blog/notes (kubectl-create, ${since})`,
        `Deployment blog/theirs (kubectl-create, ${since})`,
        `Deployment istio-system/other (Helm, ${since})`,
        `PersistentVolumeClaim blog/data with its data (kubectl-create, ${since})`,
        `PersistentVolumeClaim blog/set-0 with its data (kube-controller-manager, ${since})`,
        `Secret blog/token (kubectl-create, ${since})`,
        `Secret istio-system/sh.helm.release.v1.istiod-old.v1 (Helm, ${since})`,
      ],
      notAsked: [],
    });
  });

  it("is nothing of a namespace that is gone already", async () => {
    const namespaces = server.collections.get("/api/v1/namespaces")!;
    namespaces.splice(
      namespaces.findIndex(({ metadata }) => metadata.name === "blog"),
      1,
    );
    expect(await foreign()).toEqual({ objects: [], notAsked: [] });
  });

  it("is no record of any of its releases, and every other object that is only called like one", async () => {
    resources.push(
      resource("helm.sh/v3:Release", "istio-system/base", {}, { name: "base", namespace: "istio-system" }),
    );
    try {
      const record = (name: string) => `istio-system/sh.helm.release.v1.${name}.v1`;
      const helms = { labels: { owner: "helm" }, ...by("Helm") };
      for (const name of ["istiod", "base"]) put("Secret", record(name), helms);
      expect(await foreign()).toEqual({ objects: [], notAsked: [] });
      put("ConfigMap", record("base"), helms);
      put("Secret", record("base").replace(/1$/, "2"), { labels: { owner: "me" }, ...by("me") });
      put("Secret", record("base").replace(/1$/, "3"), { creationTimestamp: "2026-11-28T12:00:00Z" });
      const since = "since 2026-11-28T12:00:00Z";
      expect((await foreign()).objects).toEqual([
        `ConfigMap ${record("base")} (Helm, ${since})`,
        `Secret ${record("base").replace(/1$/, "2")} (me, ${since})`,
        `Secret ${record("base").replace(/1$/, "3")} (${since})`,
      ]);
    } finally {
      resources.pop();
    }
  });

  it("is a namespace that somebody has made again under the name", async () => {
    server.collections.get("/api/v1/namespaces")!.find(({ metadata }) => metadata.name === "blog")!.metadata.uid =
      "blog-2";
    expect((await foreign()).objects).toEqual(["Namespace blog, which is not the one that the stack made"]);
  });

  it("is unknown where the API server does not say it", async () => {
    server.answers["/apis/metrics.k8s.io/v1beta1"] = 503;
    server.answers["/api/v1/namespaces/blog/secrets"] = 403;
    const { notAsked } = await foreign();
    expect(notAsked.map(({ what }) => what)).toEqual(["metrics.k8s.io/v1beta1", "secrets in blog"]);
    server.answers["/apis"] = 500;
    expect((await foreign()).notAsked).toEqual([{ what: "its namespaces", why: "not you" }]);
  });

  it("is told in full, with the command that takes it along; nothing is said where there is nothing", () => {
    expect(foreignText("shared", { objects: [], notAsked: [] })).toBeUndefined();
    expect(
      foreignText("shared", {
        objects: ["ConfigMap blog/notes (kubectl)"],
        notAsked: [{ what: "secrets in blog", why: "not you" }],
      }),
    ).toBe(
      "Nothing has been deleted. Deleting the namespaces of stack shared would also delete what it did not make:\n  ConfigMap blog/notes (kubectl)\n  unknown for secrets in blog: not you\n" +
        "Move it elsewhere, or delete it too: `npm run down -- --stack shared --with-foreign`",
    );
    expect(foreignText("shared", { objects: [], notAsked: [{ what: "x", why: "y" }] })).toContain("unknown for x: y");
  });
});
