import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { apiOf } from "../../../cli/seat/api";
import { takeAway, untilGone } from "../../../cli/drift/put-back";
import { addedObjects, placesOf, requireSameCluster } from "../../../cli/drift/added";
import { everythingIn, type Listed } from "../../../cli/drift/listed";
import type { Api } from "../../../kube";

type Resources = Parameters<typeof addedObjects>[1];
const BORN = "2026-01-01T10:00:00Z";
const BEFORE = "2025-06-01T00:00:00Z";
const resource = (type: string, id: string, metadata: object = {}) => {
  const [name, namespace = "default"] = id.split("/").reverse();
  return {
    urn: `urn:pulumi:s::istio-lab::${type}::${id}`,
    type,
    id,
    outputs: {
      metadata: {
        name,
        ...(type.includes(":Namespace") ? {} : { namespace }),
        creationTimestamp: BORN,
        uid: `uid of ${id}`,
        ...metadata,
      },
    },
  };
};
const resources: Resources = [
  resource("kubernetes:core/v1:Namespace", "blog"),
  resource("kubernetes:core/v1:Service", "blog/my-blog"),
  resource("kubernetes:networking.istio.io/v1:VirtualService", "blog/my-blog"),
  resource("kubernetes:core/v1:Service", "details"),
  // It has the birth of the cluster.
  resource("kubernetes:core/v1:NamespacePatch", "default", { creationTimestamp: BEFORE }),
  {
    ...resource("kubernetes:helm.sh/v3:Release", "istio-ingress/gateway"),
    inputs: { namespace: "istio-ingress", name: "gateway" },
    outputs: {},
  },
];
const embedded: Resources = [
  ...resources,
  { urn: "urn:pulumi:s::istio-lab::istio-lab:cluster:Embedded::seat", type: "istio-lab:cluster:Embedded" },
];
const existing: Resources = [
  ...resources,
  { urn: "urn:pulumi:s::istio-lab::istio-lab:cluster:Existing::seat", type: "istio-lab:cluster:Existing" },
];
const uids = new Map([
  ["default", "uid of default"],
  ["blog", "uid of blog"],
]);
const one = (kind: string, name: string, metadata: object = {}, group = ""): Listed => ({
  group,
  kind,
  metadata: {
    name,
    namespace: "blog",
    creationTimestamp: "2026-01-01T11:00:00Z",
    uid: `uid of live ${name}`,
    ...metadata,
  },
  path: `/x/${name}`,
});
const writtenBy = (...managers: string[]) => ({ managedFields: managers.map((manager) => ({ manager })) });
const found = (state: Resources, ...listed: Listed[]) => {
  const { added, unclear } = addedObjects(listed, state, placesOf(state, ["default", "blog"], uids));
  return { added: added.map(({ object }) => object), unclear: unclear.map(({ object }) => object) };
};
const added = (...listed: Listed[]) => found(embedded, ...listed).added;

describe("what a trainee added", () => {
  it("is what Pulumi does not hold, of any kind", () => {
    const odd = one("Widget", "mine", {}, "example.org");
    expect(
      added(
        one("Service", "my-blog"),
        one("VirtualService", "my-blog", {}, "networking.istio.io"),
        one("ConfigMap", "notes"),
        odd,
      ),
    ).toEqual(["ConfigMap blog/notes", "Widget blog/mine"]);
  });

  it("goes by the kind's group as well: another kind of the same name is another one", () => {
    expect(
      added(one("Service", "my-blog", {}, "serving.knative.dev"), one("Gateway", "g", {}, "gateway.networking.k8s.io")),
    ).toEqual(["Service blog/my-blog", "Gateway (Gateway API) blog/g"]);
  });

  it("is not what a controller owns, what every namespace has, what goes already, or what a release of Pulumi's made; what a trainee's own release made is", () => {
    const helm = (name: string) => ({
      annotations: { "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": "istio-ingress" },
    });
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

  it("is not what the cluster's own programs wrote: the API server's Service, a token, istiod's certificate; but what a trainee's hand was on is", () => {
    const kubernetes = { namespace: "default", labels: { component: "apiserver", provider: "kubernetes" } };
    expect(
      added(
        one("Service", "kubernetes", { ...kubernetes, ...writtenBy("kube-apiserver") }),
        one("Service", "kubernetes", kubernetes),
        one("Service", "kubernetes", { namespace: "default", ...writtenBy("k3s") }),
        one("Secret", "default-token-x7k2p", writtenBy("kube-controller-manager")),
        one("ConfigMap", "of-istiod", writtenBy("pilot-discovery")),
        one("ConfigMap", "openshift-service-ca.crt", writtenBy("openshift-controller-manager")),
        one("Secret", "token-by-hand", writtenBy("kubectl-create", "kube-controller-manager")),
        one("Service", "kubernetes", writtenBy("kubectl-create")),
      ),
    ).toEqual(["Secret blog/token-by-hand", "Service blog/kubernetes"]);
  });

  it("is every claim that Pulumi does not hold, also one that a StatefulSet's controller made, or that goes with its owner: it holds data", () => {
    const claims = [
      one("PersistentVolumeClaim", "data-db-0", writtenBy("kube-controller-manager")),
      one("PersistentVolumeClaim", "data-db-1", { ownerReferences: [{ kind: "StatefulSet", name: "db", uid: "1" }] }),
    ];
    const state = placesOf(embedded, ["blog"], uids);
    expect(addedObjects(claims, embedded, state).added.map(({ claim }) => claim)).toEqual(["data-db-0", "data-db-1"]);
    const [byHand] = addedObjects(
      [one("PersistentVolumeClaim", "data", writtenBy("kube-controller-manager", "kubectl-create"))],
      embedded,
      state,
    ).added;
    expect(byHand!.by).toBe("kubectl-create");
  });

  it("is in a cluster that is the seat's own all that the cluster did not make, whenever it was made", () => {
    for (const target of ["Azure", "Embedded", "Minikube"]) {
      const own = [...resources, { urn: "", type: `istio-lab:cluster:${target}` }];
      expect(
        found(own, one("ConfigMap", "early", { namespace: "default", creationTimestamp: BEFORE })),
        target,
      ).toEqual({ added: ["ConfigMap default/early"], unclear: [] });
    }
  });

  it("is what only looks like the cluster's own: another provider's Service of the label, an object of another group under a name that every namespace has", () => {
    const listed = [
      one("Service", "kubernetes", { labels: { component: "apiserver", provider: "mine" } }),
      one("ConfigMap", "kube-root-ca.crt", {}, "example.org"),
      one("ConfigMap", "kube-root-ca.crt.bak"),
    ];
    expect(added(...listed)).toEqual([
      "Service blog/kubernetes",
      "ConfigMap blog/kube-root-ca.crt",
      "ConfigMap blog/kube-root-ca.crt.bak",
    ]);
  });

  it("is shown, and never taken away, where the API server gives no uid: nobody could delete this very object", () => {
    expect(found(embedded, one("ConfigMap", "notes", { uid: undefined }))).toEqual({
      added: [],
      unclear: ["ConfigMap blog/notes"],
    });
  });
});

describe("what a trainee added in a cluster that is somebody's", () => {
  const inDefault = (name: string, creationTimestamp: string | undefined) =>
    one("ConfigMap", name, { namespace: "default", creationTimestamp });

  it("is in a namespace that was there before only what is younger than the seat, and not than the cluster; the second of the seat's birth is unclear", () => {
    const objects = [
      inDefault("older", "2026-01-01T09:59:59Z"),
      inDefault("same-second", BORN),
      inDefault("younger", "2026-01-01T10:00:01Z"),
      inDefault("timeless", undefined),
    ];
    expect(found(existing, ...objects)).toEqual({
      added: ["ConfigMap default/younger"],
      unclear: ["ConfigMap default/same-second", "ConfigMap default/timeless"],
    });
  });

  it("is not what came between the seat and its lesson there: the namespace was not the seat's yet", () => {
    const later = existing.map((made) =>
      made.type === "kubernetes:core/v1:Service" && made.id === "details"
        ? resource(made.type, "details", { creationTimestamp: "2026-01-03T00:00:00Z" })
        : made,
    );
    expect(found(later, inDefault("between", "2026-01-02T00:00:00Z"))).toEqual({ added: [], unclear: [] });
  });

  it("is unclear where nothing tells when the lesson came, but for what is older than all of the seat", () => {
    const none = existing.filter(({ id }) => id !== "details");
    expect(found(none, inDefault("older", BEFORE), inDefault("younger", "2026-01-01T11:00:00Z"))).toEqual({
      added: [],
      unclear: ["ConfigMap default/younger"],
    });
    const begin = none
      .filter(({ type }) => type.startsWith("kubernetes:") && !type.endsWith("Patch"))
      .flatMap(
        ({ outputs }) => (outputs?.metadata as { creationTimestamp?: string } | undefined)?.creationTimestamp ?? [],
      )
      .sort()[0]!;
    expect(found(none, inDefault("same-second", begin))).toEqual({
      added: [],
      unclear: ["ConfigMap default/same-second"],
    });
  });

  it("is in a namespace that the program made whatever else is in it", () => {
    expect(found(existing, one("ConfigMap", "notes", { creationTimestamp: BORN }))).toEqual({
      added: ["ConfigMap blog/notes"],
      unclear: [],
    });
  });

  it("a namespace made again under the program's name is somebody's, by its uid", () => {
    const again = placesOf(existing, ["blog"], new Map([["blog", "another uid"]]));
    expect(again.get("blog")).toEqual({ whose: "somebody's", since: BORN, begin: BORN });
    expect(placesOf(existing, ["blog", "default"], uids).get("blog")).toEqual({ whose: "ours" });
  });

  it("a state without a cluster is nobody's permission: its namespaces count as somebody's", () => {
    // Nor is one that is on its way from a cluster of its own to somebody's.
    for (const state of [resources, [...embedded, ...existing]])
      expect(placesOf(state, ["default"], uids).get("default")!.whose).toBe("somebody's");
  });
});

describe("the cluster that answers", () => {
  const guard = { urn: "urn:guard", type: "pulumi-nodejs:dynamic/cluster:Guard", id: "uid of kube-system" };

  it("is the seat's by the guard's id, or by the uid of a namespace that the program made", () => {
    expect(() =>
      requireSameCluster("s", [...existing, guard], new Map([["kube-system", "uid of kube-system"]])),
    ).not.toThrow();
    expect(() => requireSameCluster("s", embedded, uids)).not.toThrow();
  });

  it("is refused where it is another one, whatever its namespaces are called", () => {
    const another = new Map([
      ["kube-system", "x"],
      ["blog", "y"],
      ["default", "z"],
    ]);
    for (const state of [[...existing, guard], embedded])
      expect(() => requireSameCluster("s", state, another)).toThrow(
        /^The cluster that answers is not the one that has the seat of stack s\./,
      );
  });
});

/** An API server of three groups, one of them away, that says what it was asked, and deletes as the real one does: under its conditions. */
describe("on the API server", () => {
  const asked: { method: string; url: string; accept?: string; body: string }[] = [];
  const objects = new Map<string, { metadata?: { uid?: string }; [key: string]: unknown }>();
  const refused = new Set<string>();
  const kinds = (...resources: [name: string, kind: string, verbs?: string[], namespaced?: boolean][]) => ({
    resources: resources.map(([name, kind, verbs = ["list", "delete"], namespaced = true]) => ({
      name,
      kind,
      verbs,
      namespaced,
    })),
  });
  const group = (...versions: string[]) => ({
    preferredVersion: { groupVersion: versions[0] },
    versions: versions.map((groupVersion) => ({ groupVersion })),
  });
  const answers: Record<string, object> = {
    "/apis": { groups: [group("example.org/v1", "example.org/v1alpha3"), group("away.org/v1")] },
    "/api/v1": kinds(
      ["configmaps", "ConfigMap"],
      ["events", "Event"],
      ["nodes", "Node", undefined, false],
      ["bindings", "Binding", ["create"]],
      ["pods/log", "Pod"],
    ),
    "/apis/example.org/v1": kinds(["widgets", "Widget"]),
    "/apis/example.org/v1alpha3": kinds(["widgets", "Widget"], ["filters", "Filter"]),
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
        const sent =
          body === "" ? {} : (JSON.parse(body) as { preconditions?: { uid?: string }; metadata?: { uid?: string } });
        const wanted = sent.preconditions?.uid ?? sent.metadata?.uid;
        const isOther = wanted !== undefined && wanted !== objects.get(url)?.metadata?.uid;
        if (method === "DELETE" && !isOther) objects.delete(url);
        response.statusCode = url.startsWith("/apis/away.org")
          ? 503
          : refused.has(url)
            ? 403
            : !found
              ? 404
              : isOther
                ? 409
                : 200;
        response.end(
          JSON.stringify(
            found && !isOther && !refused.has(url)
              ? found
              : { message: isOther ? "Precondition failed: UID in precondition" : "not found" },
          ),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const kubeconfig = new KubeConfig();
    kubeconfig.loadFromClusterAndUser(
      { name: "c", server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, skipTLSVerify: true },
      { name: "u" },
    );
    api = apiOf(kubeconfig);
  });
  beforeEach(() => {
    asked.length = 0;
    objects.clear();
    refused.clear();
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const items = (...names: string[]) => ({ items: names.map((name) => ({ metadata: { name, namespace: "blog" } })) });

  it("everything of the namespaces is found, by its metadata alone, and each kind by the first version of its group that knows it", async () => {
    objects.set("/api/v1/namespaces/blog/configmaps", items("notes"));
    objects.set("/apis/example.org/v1/namespaces/blog/widgets", items("w"));
    objects.set("/apis/example.org/v1alpha3/namespaces/blog/filters", items("f"));
    objects.set("/apis/example.org/v1/namespaces/default/widgets", { items: null });
    const { objects: found } = await everythingIn(api, ["blog", "default"]);
    expect(found).toEqual([
      {
        group: "",
        kind: "ConfigMap",
        metadata: { name: "notes", namespace: "blog" },
        path: "/api/v1/namespaces/blog/configmaps/notes",
      },
      {
        group: "example.org",
        kind: "Widget",
        metadata: { name: "w", namespace: "blog" },
        path: "/apis/example.org/v1/namespaces/blog/widgets/w",
      },
      {
        group: "example.org",
        kind: "Filter",
        metadata: { name: "f", namespace: "blog" },
        path: "/apis/example.org/v1alpha3/namespaces/blog/filters/f",
      },
    ]);
    const lists = asked.filter(({ url }) => url.includes("/namespaces/"));
    expect(lists.map(({ url }) => url.split("/").at(-1))).not.toContain("events");
    expect(lists.filter(({ url }) => url.endsWith("blog/widgets"))).toHaveLength(1);
    expect(new Set(lists.map(({ accept }) => accept))).toEqual(
      new Set(["application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"]),
    );
  });

  it("a group whose own server is away, and a kind that may not be listed, are said to be unknown; only a 404 is none", async () => {
    refused.add("/api/v1/namespaces/blog/configmaps");
    expect((await everythingIn(api, ["blog"])).notAsked).toEqual([
      { what: "away.org/v1", why: "the API server answered 503" },
      { what: "configmaps in blog", why: "not found", namespace: "blog" },
    ]);
  });

  it("what was added goes, with what it owns, and nothing else is touched", async () => {
    const path = "/apis/apps/v1/namespaces/blog/deployments/mine";
    objects.set(path, { metadata: { uid: "1" } });
    const { signal } = new AbortController();
    await takeAway(api, [{ path, uid: "1" }]);
    await untilGone(api, [{ path, uid: "1" }], signal);
    expect(asked.map(({ method, url, body }) => [method, url, body])).toEqual([
      ["DELETE", path, '{"propagationPolicy":"Background","preconditions":{"uid":"1"}}'],
      ["GET", path, ""],
    ]);
  });

  it("what has come to a name since it was shown is left alone, and named", async () => {
    const path = "/api/v1/namespaces/blog/configmaps/notes";
    objects.set(path, { metadata: { uid: "another" } });
    const { signal } = new AbortController();
    await expect(takeAway(api, [{ path, uid: "shown" }])).rejects.toThrow(
      `${path} is no longer the object that was shown, and is kept`,
    );
    expect(objects.has(path)).toBe(true);
    // Nor is it waited for: what was deleted is gone.
    await untilGone(api, [{ path, uid: "shown" }], signal);
  });
});
