import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lessonNames, catalog } from "../../../components/lessons/catalog";
import { sharesOf } from "../../../cli/topology/routes";
import { apis, find, seat, serviceIn, stands } from "./world";

describe.each(apis)("a seat whose routes are of the %s", (api) => {
  it("is read with every lesson that has pods, in the course's order", () => {
    const { namespaces, gateway, routes, controlPlane } = stands(seat(api));
    expect(namespaces.map(({ name }) => name)).toEqual(
      lessonNames.filter((name) => name !== "admission").map((name) => catalog[name].namespace),
    );
    expect(gateway).toMatchObject({ name: "istio-ingressgateway", pods: { ready: 1, all: 1 } });
    expect(routes).toEqual([api]);
    expect(controlPlane).toEqual([{ name: "istiod", pods: { ready: 1, all: 1 } }]);
  });

  it("has its services, and no Service of one version as a service of its own", () => {
    const names = stands(seat(api)).namespaces.map(({ services }) => services.map(({ name }) => name).sort());
    expect(names).toEqual([
      ["client", "echo-service", "httpbin"],
      ["details", "productpage", "ratings", "reviews"],
      ["temperature-api", "temperature-service"],
      ["api", "frontend", "my-blog"],
    ]);
  });

  it("has the weights of its routes", () => {
    const model = stands(seat(api));
    expect(serviceIn(model, "default", "reviews")!.versions.map(({ name, weight }) => [name, weight])).toEqual([
      ["v1", 50],
      ["v2", 0],
      ["v3", 50],
    ]);
    expect(serviceIn(model, "blog", "my-blog")!.versions.map(({ name, weight }) => [name, weight])).toEqual([
      ["v1", 90],
      ["v2", 10],
    ]);
    expect(serviceIn(model, "client", "echo-service")!.versions[0]!.weight).toBeUndefined();
  });

  it("shows weights that sum to 100 for each service, whatever a route says", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 2, maxLength: 2 }), (weights) => {
        fc.pre(weights.some((weight) => weight > 0));
        const objects = seat(api);
        const to =
          api === "istio"
            ? find(objects.virtualServices, "reviews").spec.http[0].route
            : find(objects.httpRoutes, "reviews").spec.rules[0].backendRefs;
        weights.forEach((weight, index) => (to[index].weight = weight));
        const shown = serviceIn(stands(objects), "default", "reviews")!.versions.map(({ weight }) => weight ?? 0);
        expect(shown.reduce((sum, weight) => sum + weight, 0)).toBe(100);
      }),
      { numRuns: 50 },
    );
  });

  it("has who may call, and how", () => {
    const model = stands(seat(api));
    expect(model.namespaces.map(({ mtls }) => mtls)).toEqual(["STRICT", "STRICT", "STRICT", "STRICT"]);
    expect(model.namespaces.at(-1)!.policies).toEqual([{ name: "deny-all", action: "ALLOW", rules: "nobody" }]);
    expect(serviceIn(model, "blog", "api")!.policies).toEqual([
      { name: "allow-frontend-to-api", action: "ALLOW", rules: "frontend: GET, POST" },
    ]);
    expect(serviceIn(model, "blog", "my-blog")!.policies.map(({ rules }) => rules)).toEqual([
      "namespace istio-ingress",
    ]);
  });

  it("says what comes in where", () => {
    const model = stands(seat(api));
    expect(serviceIn(model, "default", "productpage")!.entries).toEqual([
      { hosts: ["*"], paths: ["/productpage", "/static*", "/login", "/logout", "/api/v1/products*"] },
    ]);
    expect(serviceIn(model, "blog", "my-blog")!.entries).toEqual([{ hosts: ["codewithmsmaxpro.me"], paths: [] }]);
    expect(serviceIn(model, "default", "reviews")!.entries).toEqual([]);
  });

  it("counts the pods that are ready, and those without a proxy", () => {
    const objects = seat(api);
    const pod = objects.pods.find(
      ({ metadata }) => metadata.labels?.app === "reviews" && metadata.labels.version === "v2",
    )!;
    pod.status.conditions[0].status = "False";
    pod.spec.initContainers = [];
    expect(serviceIn(stands(objects), "default", "reviews")!.versions[1]).toMatchObject({
      name: "v2",
      pods: { ready: 0, all: 1 },
      withoutSidecar: 1,
    });
  });

  it("shows a pod without labels by its own name, because no Service selects it", () => {
    const objects = seat(api);
    const pod = structuredClone(objects.pods.find(({ metadata }) => metadata.labels?.app === "reviews")!);
    pod.metadata = { name: "bare", namespace: pod.metadata.namespace };
    objects.pods.unshift(pod);
    expect(serviceIn(stands(objects), "default", "bare")!.versions).toMatchObject([{ pods: { ready: 1, all: 1 } }]);
  });

  it("shows a version that a route sends to and that has no pods", () => {
    const objects = seat(api);
    objects.pods = objects.pods.filter(
      ({ metadata }) => metadata.labels?.app !== "reviews" || metadata.labels.version !== "v3",
    );
    expect(serviceIn(stands(objects), "default", "reviews")!.versions.at(-1)).toEqual({
      name: "v3",
      weight: 50,
      pods: { ready: 0, all: 0 },
      withoutSidecar: 0,
    });
  });
});

it("both APIs are one picture", () => {
  const [istio, gatewayApi] = apis.map((api) => stands(seat(api)));
  const comparable = (model: typeof istio) =>
    model!.namespaces.map((view) => ({
      ...view,
      services: view.services
        .map((service) => ({ ...service, notes: [] }))
        .sort((a, b) => a.name.localeCompare(b.name)),
    }));
  expect(comparable(gatewayApi)).toEqual(comparable(istio));
});

describe("what a VirtualService does besides", () => {
  it("is said in a few words", () => {
    const objects = seat("istio");
    const route = find(objects.virtualServices, "reviews").spec;
    const faulty = {
      delay: { fixedDelay: "7s", percentage: { value: 100 } },
      abort: { httpStatus: 500, percentage: { value: 50 } },
    };
    route.http.unshift({
      match: [{ headers: { "end-user": { exact: "jason" } } }],
      fault: faulty,
      timeout: "0.5s",
      route: [{ destination: { host: "reviews", subset: "v2" } }],
    });
    route.http[1].retries = { attempts: 3, perTryTimeout: "2s" };
    find(objects.destinationRules, "reviews").spec.trafficPolicy.loadBalancer = { simple: "ROUND_ROBIN" };
    const { notes, versions } = serviceIn(stands(objects), "default", "reviews")!;
    expect(notes.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
      "user: jason → v2",
      "fault: delay 7s, 100 % for jason",
      "fault: abort 500, 50 % for jason",
      "limit: timeout 0.5s",
      "limit: 3 retries of 2s",
      "limit: round robin",
    ]);
    expect(versions.map(({ weight }) => weight)).toEqual([50, 0, 50]);
  });

  it("counts for the Service that a whole name means as well", () => {
    const objects = seat("istio");
    for (const { destination } of find(objects.virtualServices, "reviews").spec.http[0].route)
      destination.host = "reviews.default.svc.cluster.local";
    expect(serviceIn(stands(objects), "default", "reviews")!.versions.map(({ weight }) => weight)).toEqual([50, 0, 50]);
  });
});

it("mTLS is what holds for the pods: their own policy, the namespace's, the mesh's, and Istio's PERMISSIVE without any", () => {
  const objects = seat("istio");
  objects.peers = [];
  expect(stands(objects).namespaces[0]!.mtls).toBe("PERMISSIVE");
  objects.peers = [{ metadata: { name: "default", namespace: "istio-system" }, spec: { mtls: { mode: "STRICT" } } }];
  expect(stands(objects).namespaces[0]!.mtls).toBe("STRICT");
  objects.peers.push({ metadata: { name: "default", namespace: "client" }, spec: { mtls: { mode: "DISABLE" } } });
  objects.peers.push({
    metadata: { name: "httpbin", namespace: "client" },
    spec: { selector: { matchLabels: { app: "httpbin" } }, mtls: { mode: "STRICT" } },
  });
  const [client] = stands(objects).namespaces;
  expect(client!.mtls).toBe("DISABLE");
  expect(client!.services.map(({ name, mtls }) => [name, mtls])).toEqual([
    ["echo-service", undefined],
    ["httpbin", "STRICT"],
    ["client", undefined],
  ]);
});

it("a seat without a gateway, or without lessons, is read too", () => {
  const objects = seat("istio");
  objects.pods = objects.pods.filter(({ metadata }) => metadata.namespace === "istio-system");
  objects.services = [];
  expect(stands(objects)).toMatchObject({ namespaces: [] });
  expect(stands(objects).gateway).toBeUndefined();
});

it("shares sum to 100 and differ from the exact ones by less than 1", () => {
  const weights = fc
    .array(fc.nat(10_000), { minLength: 1, maxLength: 8 })
    .filter((all) => all.some((weight) => weight > 0));
  fc.assert(
    fc.property(weights, (all) => {
      const sum = all.reduce((total, weight) => total + weight, 0);
      const shares = sharesOf(all.map((weight, index) => [`v${index}`, weight]))!;
      expect([...shares.values()].reduce((total, share) => total + share, 0)).toBe(100);
      all.forEach((weight, index) => expect(Math.abs(shares.get(`v${index}`)! - (weight / sum) * 100)).toBeLessThan(1));
    }),
  );
  expect(sharesOf([["v1", 0]])).toBeUndefined();
  expect(sharesOf([])).toBeUndefined();
});

it.each<[[string, number][], [string, number][]]>([
  [
    [
      ["v1", 1],
      ["v2", 2],
    ],
    [
      ["v1", 33],
      ["v2", 67],
    ],
  ],
  [
    [
      ["v1", 2],
      ["v2", 1],
    ],
    [
      ["v1", 67],
      ["v2", 33],
    ],
  ],
  [
    [
      ["v1", 1],
      ["v2", 1],
      ["v3", 1],
    ],
    [
      ["v1", 34],
      ["v2", 33],
      ["v3", 33],
    ],
  ],
  [
    [
      ["v1", 90],
      ["v2", 10],
    ],
    [
      ["v1", 90],
      ["v2", 10],
    ],
  ],
  [
    [
      ["v1", 0],
      ["v2", 7],
    ],
    [
      ["v1", 0],
      ["v2", 100],
    ],
  ],
  [
    [
      ["v1", 1],
      ["v1", 1],
      ["v2", 2],
    ],
    [
      ["v1", 50],
      ["v2", 50],
    ],
  ],
])("the shares of %j go to the largest remainders: %j", (weights, shares) => {
  expect([...sharesOf(weights)!]).toEqual(shares);
});

describe("what holds for a namespace", () => {
  const peer = (mode: string, created: string, more: object = {}) => ({
    metadata: { name: mode, namespace: "blog", creationTimestamp: created, ...more },
    spec: { mtls: { mode } },
  });
  const of = (peers: object[]) =>
    stands({ ...seat("istio"), peers: peers as never }).namespaces.find(({ name }) => name === "blog")!.mtls;

  it("of several policies is the oldest's, in whatever order they come", () => {
    const [older, newer] = [peer("STRICT", "2026-01-01T00:00:00Z"), peer("DISABLE", "2026-02-01T00:00:00Z")];
    expect([of([older, newer]), of([newer, older])]).toEqual(["STRICT", "STRICT"]);
  });

  it("is the mesh's where its own leaves it open, and PERMISSIVE where nobody says anything", () => {
    const root = peer("STRICT", "2026-01-01T00:00:00Z", { namespace: "istio-system" });
    expect([of([root]), of([peer("UNSET", "2026-01-01T00:00:00Z"), root]), of([])]).toEqual([
      "STRICT",
      "STRICT",
      "PERMISSIVE",
    ]);
  });

  it("is also what the mesh's root says of everybody, and of nobody's pods alone", () => {
    const policy = (name: string, namespace: string, spec: object = {}) => ({ metadata: { name, namespace }, spec });
    const blog = stands({
      ...seat("istio"),
      policies: [
        policy("root", "istio-system"),
        policy("own", "blog"),
        policy("some", "blog", { selector: { matchLabels: { app: "api" } } }),
        policy("gate", "blog", { targetRefs: [{ kind: "Gateway" }] }),
        policy("other", "client"),
      ] as never,
    }).namespaces.find(({ name }) => name === "blog")!;
    expect(blog.policies).toHaveLength(2);
    expect(blog.services.filter(({ policies }) => policies.length > 0).map(({ name }) => name)).toEqual(["api"]);
  });

  it("counts no pod that is on its way out, or has done its work", () => {
    const objects = seat("istio");
    const pods = (all: typeof objects) =>
      stands(all)
        .namespaces.find(({ name }) => name === "blog")!
        .services.reduce((sum, { versions }) => sum + versions.reduce((inner, { pods }) => inner + pods.all, 0), 0);
    const before = pods(objects);
    const blog = objects.pods.filter(({ metadata }) => metadata.namespace === "blog");
    blog[0]!.metadata.deletionTimestamp = "2026-01-01T00:00:00Z";
    blog[1]!.status.phase = "Succeeded";
    expect(pods(objects)).toBe(before - 2);
  });
});
