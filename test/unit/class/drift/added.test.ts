import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Api } from "../../../../cli/check/api";
import { addedObjects } from "../../../../cli/class/drift/added";
import { lessonUrns } from "../../../../cli/class/drift/lesson-urns";
import { everythingIn, type Listed } from "../../../../cli/class/drift/listed";
import { takeAway, untilGone } from "../../../../cli/class/drift/put-back";

const BEGIN = "2026-01-01T10:00:00Z";
const resource = (type: string, id: string, more: object = {}) => ({ urn: `urn:pulumi:s::istio-lab::${type}::${id}`, type, id, outputs: { metadata: { creationTimestamp: BEGIN } }, ...more });
const resources = [
  resource("kubernetes:core/v1:Service", "blog/my-blog"),
  resource("kubernetes:networking.istio.io/v1:VirtualService", "blog/my-blog"),
  resource("kubernetes:core/v1:Service", "details"),
  resource("kubernetes:core/v1:NamespacePatch", "default"),
  { ...resource("kubernetes:helm.sh/v3:Release", "istio-ingress/gateway"), inputs: { namespace: "istio-ingress", name: "gateway" }, outputs: {} },
];
const one = (kind: string, name: string, metadata: object = {}, group = ""): Listed => ({ group, kind, metadata: { name, namespace: "blog", creationTimestamp: "2026-01-01T11:00:00Z", ...metadata }, path: `/x/${name}` });
const added = (...listed: Listed[]) => addedObjects(listed, resources).map(({ object }) => object);

describe("what a trainee added", () => {
  it("is what Pulumi does not hold, of any kind", () => {
    const odd = one("Widget", "mine", {}, "example.org");
    expect(added(one("Service", "my-blog"), one("VirtualService", "my-blog", {}, "networking.istio.io"), one("ConfigMap", "notes"), odd)).toEqual(["ConfigMap blog/notes", "Widget blog/mine"]);
  });

  it("goes by the kind's group as well: another kind of the same name is another one", () => {
    expect(added(one("Service", "my-blog", {}, "serving.knative.dev"), one("Gateway", "g", {}, "gateway.networking.k8s.io"))).toEqual(["Service blog/my-blog", "Gateway (Gateway API) blog/g"]);
  });

  it("is not what a controller owns, what every namespace has, what goes already, or what a release of Pulumi's made; what a trainee's own release made is", () => {
    const helm = (name: string) => ({ annotations: { "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": "istio-ingress" } });
    expect(
      added(
        one("Pod", "p", { ownerReferences: [{ kind: "ReplicaSet", name: "r", uid: "1" }] }),
        one("ConfigMap", "kube-root-ca.crt"),
        one("ServiceAccount", "default"),
        one("Pod", "ending", { deletionTimestamp: "2026-01-01T12:00:00Z" }),
        one("Service", "of-ours", helm("gateway")),
        one("Service", "of-theirs", helm("other")),
        one("Pod", "bare"),
      ),
    ).toEqual(["Service blog/of-theirs", "Pod blog/bare"]);
  });

  it("is not what was in somebody's cluster before the seat; nor the object without a namespace in its id, which is in default", () => {
    const earlier = { namespace: "default", creationTimestamp: "2025-06-01T00:00:00Z" };
    expect(added(one("Service", "kubernetes", earlier), one("Service", "details", { namespace: "default" }), one("Service", "new", { namespace: "default" }))).toEqual(["Service default/new"]);
  });
});

describe("the resources of a lesson", () => {
  const urn = (types: string, name: string) => ({ urn: `urn:pulumi:s::istio-lab::${types}::${name}`, type: types.split("$").at(-1)! });
  const blog = "istio-lab:lessons:Blog";
  const state = [
    urn("pulumi:pulumi:Stack", "istio-lab-s"),
    urn(blog, "blog"),
    urn(`${blog}$istio-lab:lessons:Namespace`, "blog-namespace"),
    urn(`${blog}$istio-lab:mesh:EntryRoutes$kubernetes:networking.istio.io/v1:VirtualService`, "blog-entry-route"),
    urn("istio-lab:lessons:Bookinfo", "bookinfo"),
    urn("istio-lab:lessons:Bookinfo$kubernetes:core/v1:Service", "blog"),
    urn("istio-lab:mesh:Istio$kubernetes:core/v1:Namespace", "istio-system"),
  ];

  it("are its component and all below it, and nothing of another lesson", () => {
    expect(lessonUrns(state, "blog")).toEqual(state.slice(1, 4).map((resource) => resource.urn));
    expect(lessonUrns(state, "backend")).toEqual([]);
  });
});

/** An API server of three groups, one of them away, that says what it was asked. */
describe("on the API server", () => {
  const asked: { method: string; url: string; accept?: string; body: string }[] = [];
  const objects = new Map<string, object>();
  const kinds = (...resources: [name: string, kind: string, verbs?: string[], namespaced?: boolean][]) => ({ resources: resources.map(([name, kind, verbs = ["list", "delete"], namespaced = true]) => ({ name, kind, verbs, namespaced })) });
  const answers: Record<string, object> = {
    "/apis": { groups: [{ preferredVersion: { groupVersion: "example.org/v1" } }, { preferredVersion: { groupVersion: "away.org/v1" } }] },
    "/api/v1": kinds(["configmaps", "ConfigMap"], ["events", "Event"], ["nodes", "Node", undefined, false], ["bindings", "Binding", ["create"]], ["pods/log", "Pod"]),
    "/apis/example.org/v1": kinds(["widgets", "Widget"]),
  };
  let server: http.Server;
  let api: Api;

  beforeAll(async () => {
    server = http.createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += String(chunk)));
      request.on("end", () => {
        const { method = "", url = "" } = request;
        asked.push({ method, url, accept: request.headers.accept, body });
        const found = answers[url] ?? objects.get(url);
        if (method === "DELETE") objects.delete(url);
        response.statusCode = url.startsWith("/apis/away.org") ? 503 : found || method === "PATCH" ? 200 : 404;
        response.end(JSON.stringify(found ?? { message: "not found" }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const kubeconfig = new KubeConfig();
    kubeconfig.loadFromClusterAndUser({ name: "c", server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, skipTLSVerify: true }, { name: "u" });
    api = new Api(kubeconfig);
  });
  beforeEach(() => {
    asked.length = 0;
    objects.clear();
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it("everything of the namespaces is found, by its metadata alone, also where a group's server is away or a list is empty", async () => {
    objects.set("/api/v1/namespaces/blog/configmaps", { items: [{ metadata: { name: "notes", namespace: "blog" } }] });
    objects.set("/apis/example.org/v1/namespaces/blog/widgets", { items: [{ metadata: { name: "w", namespace: "blog" } }] });
    objects.set("/apis/example.org/v1/namespaces/default/widgets", { items: null });
    expect(await everythingIn(api, ["blog", "default"])).toEqual([
      { group: "", kind: "ConfigMap", metadata: { name: "notes", namespace: "blog" }, path: "/api/v1/namespaces/blog/configmaps/notes" },
      { group: "example.org", kind: "Widget", metadata: { name: "w", namespace: "blog" }, path: "/apis/example.org/v1/namespaces/blog/widgets/w" },
    ]);
    const lists = asked.filter(({ url }) => url.includes("/namespaces/"));
    expect(lists.map(({ url }) => url.split("/").at(-1))).not.toContain("events");
    expect(new Set(lists.map(({ accept }) => accept))).toEqual(new Set(["application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"]));
  });

  it("what was added goes, with what it owns; a label is taken off; nothing else is touched", async () => {
    const path = "/apis/apps/v1/namespaces/blog/deployments/mine";
    objects.set(path, {});
    const remade = "/api/v1/namespaces/blog/configmaps/gone-already";
    const { signal } = new AbortController();
    await takeAway(api, { added: [path], remade: [remade], stripped: [{ path: "/api/v1/namespaces/blog", patch: { metadata: { labels: { team: null } } } }] }, signal);
    await untilGone(api, [path], signal);
    expect(asked.map(({ method, url, body }) => [method, url, body])).toEqual([
      ["PATCH", "/api/v1/namespaces/blog", '{"metadata":{"labels":{"team":null}}}'],
      ["DELETE", path, '{"propagationPolicy":"Background"}'],
      ["DELETE", remade, '{"propagationPolicy":"Background"}'],
      ["GET", remade, ""],
      ["GET", path, ""],
    ]);
  });
});
