import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../kube";
import { callsOf } from "../../../cli/topology/traffic";
import { cardsOf, podsText, policyText, type Row } from "../../../cli/topology/cards";
import type { NamespaceView, ServiceView } from "../../../cli/topology/model";
import { appOfVersion, isVersionOf, namesOf } from "../../../cli/topology/names";
import { policyOf, readObjects, type Objects } from "../../../cli/topology/read";
import { find, seat, serviceIn, stands } from "./world";

const service = (name: string, selector: Record<string, string>, namespace = "blog"): KubeObject => ({
  metadata: { name, namespace },
  spec: {
    selector,
    ports: [
      { name: "grpc-x", port: 1 },
      { name: "http", port: 2 },
    ],
  },
});

describe("a policy in a few words", () => {
  const rules = (...all: object[]) => policyOf({ metadata: { name: "p" }, spec: { action: "DENY", rules: all } });

  it.each<[string, object[], string]>([
    [
      "is of each of its rules",
      [{ from: [{ source: { namespaces: ["a", "b"] } }] }, { to: [{ operation: { methods: ["GET"] } }] }],
      "namespace a, namespace b; anybody: GET",
    ],
    [
      "is of each source, each operation and each condition",
      [
        {
          from: [
            { source: { principals: ["cluster.local/ns/x/sa/one", "other"] } },
            { source: { ipBlocks: ["10.0.0.0/8"] } },
          ],
          to: [{ operation: { methods: ["GET", "PUT"] } }, { operation: { paths: ["/x"] } }],
          when: [
            { key: "k", values: ["v", "w"] },
            { key: "l", notValues: ["m"] },
          ],
        },
      ],
      "one, other, 10.0.0.0/8: GET, PUT, /x, k v, w, l not m",
    ],
    [
      "says what is not meant",
      [{ from: [{ source: { notNamespaces: ["a"] } }], to: [{ operation: { notPaths: ["/x"] } }] }],
      "not namespace a: not /x",
    ],
    ["is for anybody by an empty rule, and for nobody by none", [{}], "anybody"],
  ])("%s", (_, all, text) => expect(rules(...all)).toEqual({ name: "p", action: "DENY", rules: text }));

  it("allows by default, and nobody without a rule", () => {
    expect(policyOf({ metadata: { name: "p" }, spec: {} })).toEqual({ name: "p", action: "ALLOW", rules: "nobody" });
    expect([
      policyText({ name: "", action: "ALLOW", rules: "x" }),
      policyText({ name: "", action: "CUSTOM", rules: "x" }),
    ]).toEqual(["x", "custom x"]);
  });
});

describe("a Service of one version", () => {
  const app = service("reviews", { app: "reviews", tier: "back" });

  it.each<[string, Record<string, string>, Record<string, string>, boolean]>([
    [
      "selects all that the app's does, and a version",
      { app: "a", tier: "b", version: "v1" },
      { app: "a", tier: "b" },
      true,
    ],
    ["is none without a version", { app: "a" }, { app: "a" }, false],
    ["is none of an app whose second label it lacks", { app: "a", version: "v1" }, { app: "a", tier: "b" }, false],
    ["is none of another version's", { app: "a", version: "v1" }, { app: "a", version: "v1" }, false],
    ["is none of one that selects nothing", { app: "a", version: "v1" }, {}, false],
  ])("%s", (_, own, other, is) => expect(isVersionOf(service("x", own), service("y", other))).toBe(is));

  it("means the app, in its namespace alone", () => {
    const all = [
      app,
      service("reviews-v2", { app: "reviews", tier: "back", version: "v2" }),
      service("alone", { app: "other", version: "v9" }),
    ];
    expect([
      appOfVersion("reviews-v2", all),
      appOfVersion("alone", all),
      appOfVersion("gone", all),
      appOfVersion("reviews", all),
    ]).toEqual([
      { service: "reviews", version: "v2" },
      { service: "alone" },
      { service: "gone" },
      { service: "reviews" },
    ]);
    const names = namesOf({ services: all, destinationRules: [] });
    expect([names.service("blog", "reviews-v2"), names.service("client", "reviews-v2")]).toEqual([
      { namespace: "blog", service: "reviews", version: "v2" },
      { namespace: "client", service: "reviews-v2" },
    ]);
  });

  it("gives callers no name: that is the app's Service, by either label, or their own", () => {
    const names = namesOf({
      services: [
        service("web-v1", { app: "web", version: "v1" }),
        service("web-all", { app: "web" }),
        service("k", { "app.kubernetes.io/name": "kube" }),
      ],
      destinationRules: [],
    });
    expect([
      names.caller("blog", "web"),
      names.caller("blog", "kube"),
      names.caller("client", "web"),
      names.caller("blog", "nobody"),
    ]).toEqual(["web-all", "k", "web", "nobody"]);
  });

  it("is named by a subset, by the labels that its rule gives", () => {
    const rule = (host: string, namespace: string) => ({
      metadata: { name: "r", namespace },
      spec: {
        host,
        subsets: [
          { name: "first", labels: { version: "v1" } },
          { name: "second", labels: { version: "v2" } },
          { name: "bare" },
        ],
      },
    });
    const names = namesOf({
      services: [app],
      destinationRules: [
        rule("other", "blog"),
        rule("reviews", "client"),
        rule("reviews.blog.svc.cluster.local", "client"),
      ],
    });
    expect(["second", "bare", "gone"].map((subset) => names.service("blog", "reviews", subset).version)).toEqual([
      "v2",
      "bare",
      "gone",
    ]);
    expect(names.service("blog", "nobody", "second").version).toBe("second");
  });
});

describe("calls", () => {
  const view = (name: string, ...services: string[]): NamespaceView => ({
    name,
    mtls: "STRICT",
    policies: [],
    services: services.map((one): ServiceView => ({
      name: one,
      entries: [{ hosts: ["*"], paths: [] }],
      versions: ["v1", "v3"].map((version) => ({ name: version, pods: { ready: 1, all: 1 }, withoutSidecar: 0 })),
      policies: [],
      notes: [],
    })),
  });
  const measured = (
    from: "gateway" | { namespace: string; service: string; version?: string },
    namespace: string,
    to: string,
  ) => ({ from, to: { namespace, service: to }, kind: "measured" as const, rate: 1 });
  const text = (calls: ReturnType<typeof callsOf>) =>
    calls.map(
      ({ from, to, kind }) =>
        `${kind} ${from === "gateway" ? from : `${from.namespace}/${from.service}${from.version ? ` ${from.version}` : ""}`} → ${to.namespace}/${to.service}`,
    );

  it("are drawn between what is there, by name and by namespace, at both ends", () => {
    const there = [view("client", "a"), view("x", "b")];
    const all = [
      measured({ namespace: "client", service: "a" }, "x", "b"),
      measured({ namespace: "client", service: "b" }, "x", "b"),
      measured({ namespace: "x", service: "a" }, "x", "b"),
      measured({ namespace: "client", service: "a" }, "x", "a"),
      measured({ namespace: "client", service: "a" }, "client", "b"),
    ];
    expect(text(callsOf(there, false, all))).toEqual(["measured client/a → x/b"]);
  });

  it("to services of one name are told apart by their namespaces: what one of them gets says nothing of the other", () => {
    expect(text(callsOf([view("client", "a"), view("x", "a")], true, [measured("gateway", "x", "a")]))).toEqual([
      "measured gateway → x/a",
      "routed gateway → client/a",
    ]);
  });

  it("of the gateway are drawn where it runs", () => {
    expect(text(callsOf([view("client", "a")], false, [measured("gateway", "client", "a")]))).toEqual([]);
    expect(text(callsOf([view("client", "a")], true, [measured("gateway", "client", "a")]))).toEqual([
      "measured gateway → client/a",
    ]);
  });

  it("of the lessons' code are of versions that run, and not drawn beside one that names no version", () => {
    const there = [view("default", "reviews", "ratings")].map((one) => ({
      ...one,
      services: one.services.map((service) => ({ ...service, entries: [] })),
    }));
    expect(text(callsOf(there, true, []))).toEqual(["written default/reviews v3 → default/ratings"]);
    expect(
      text(callsOf(there, true, [measured({ namespace: "default", service: "reviews" }, "default", "ratings")])),
    ).toEqual(["measured default/reviews → default/ratings"]);
    expect(text(callsOf(there, true, [measured("gateway", "default", "ratings")]))).toContain(
      "written default/reviews v3 → default/ratings",
    );
  });
});

describe("a card", () => {
  const one: ServiceView = {
    name: "reviews",
    mtls: "PERMISSIVE",
    entries: [
      { hosts: ["a.example"], paths: ["/"] },
      { hosts: ["*"], paths: ["/x"] },
    ],
    versions: [
      { name: "v1", weight: 90, pods: { ready: 1, all: 2 }, withoutSidecar: 0 },
      { name: "v2", weight: 10, pods: { ready: 0, all: 1 }, withoutSidecar: 1 },
    ],
    policies: [
      { name: "a", action: "ALLOW", rules: "b" },
      { name: "c", action: "DENY", rules: "d" },
    ],
    notes: [
      { kind: "fault", text: "abort 500" },
      { kind: "user", text: "jason → v2" },
    ],
  };
  const traffic = {
    source: "prometheus" as const,
    window: 60,
    versions: [
      { namespace: "other", service: "reviews", version: "v1", rate: 9 },
      { namespace: "default", service: "ratings", version: "v1", rate: 8 },
      { namespace: "default", service: "reviews", version: "v1", rate: 7 },
    ],
  };
  const card = (service: ServiceView) =>
    cardsOf({ name: "default", mtls: "STRICT", policies: [], services: [service] }, traffic)[0]!;
  const lines = (rows: Row[]) =>
    rows.map((row) => (row.kind === "version" ? `${row.name} ${row.rate}` : `${row.icon} ${row.whole}`));

  it("has each version with its own rate, each entry, the mTLS, each policy and each note, with what it is", () => {
    expect(lines(card(one).rows)).toEqual([
      "v1 7.0/s",
      "v2 undefined",
      "entry a.example",
      "entry /x",
      "open-lock mTLS PERMISSIVE",
      "allow b",
      "deny deny d",
      "fault abort 500",
      "user jason → v2",
    ]);
    expect(card({ ...one, mtls: "STRICT" }).rows.map((row) => (row.kind === "line" ? row.icon : ""))).toContain("lock");
    expect(card(one).weighed).toBe(true);
  });

  it("of one version says no rate and no weight: there is nothing to choose", () => {
    const single = card({ ...one, versions: one.versions.slice(0, 1) });
    expect([lines(single.rows)[0], single.weighed]).toEqual(["v1 undefined", false]);
    expect(card({ ...one, versions: one.versions.map(({ weight: _, ...version }) => version) }).weighed).toBe(false);
  });

  it("tells how many pods are ready, and that some have no proxy", () =>
    expect(one.versions.map(podsText)).toEqual(["1/2", "0/1 no proxy"]));
});

describe("a seat", () => {
  it("is read by its collections, each by its own path, and fails where one cannot be read", async () => {
    const asked: string[] = [];
    const objects = await readObjects({ list: async (path) => (asked.push(path), [{ metadata: { name: path } }]) });
    expect(asked).toHaveLength(8);
    expect(
      Object.entries(objects).map(([name, [one]]) => [name.toLowerCase(), one!.metadata.name.split("/").at(-1)]),
    ).toEqual(
      [
        "namespaces",
        "services",
        "pods",
        "peerauthentications",
        "authorizationpolicies",
        "virtualservices",
        "destinationrules",
        "httproutes",
      ].map((plural) => [
        plural.replace("peerauthentications", "peers").replace("authorizationpolicies", "policies"),
        plural,
      ]),
    );
    await expect(
      readObjects({ list: async (path) => (path.endsWith("pods") ? Promise.reject(new Error("403")) : []) }),
    ).rejects.toThrow("403");
  });

  const change = (damage: (objects: Objects) => void) => {
    const objects = seat("istio");
    damage(objects);
    return stands(objects);
  };
  const names = (damage: (objects: Objects) => void) => change(damage).namespaces.map(({ name }) => name);
  const before = names(() => undefined);

  it("has the namespaces of the mesh, with something in them, and none of the system", () => {
    const more = (name: string, labels: Record<string, string>): KubeObject => ({ metadata: { name, labels } });
    const pod = (namespace: string, container: string): KubeObject => ({
      metadata: { name: "p", namespace, labels: { app: "p" } },
      spec: { containers: [{ name: container }] },
      status: { phase: "Running" },
    });
    expect(
      names(({ namespaces, pods }) => {
        namespaces.push(
          more("zz", { "istio-injection": "enabled" }),
          more("empty", { "istio-injection": "enabled" }),
          more("aa", {}),
          more("off", { "istio-injection": "disabled" }),
          more("kube-system", { "istio-injection": "enabled" }),
          more("istio-lab-check", { "istio-injection": "enabled" }),
        );
        pods.push(
          pod("zz", "x"),
          pod("aa", "istio-proxy"),
          pod("off", "x"),
          pod("kube-system", "istio-proxy"),
          pod("istio-lab-check", "istio-proxy"),
        );
      }),
    ).toEqual([...before, "aa", "zz"]);
    expect(
      names(({ namespaces, services }) => {
        namespaces.push(
          more("zz", { "istio-injection": "enabled" }),
          more("headless", { "istio-injection": "enabled" }),
        );
        services.push(service("s", { app: "s" }, "zz"), { metadata: { name: "e", namespace: "headless" }, spec: {} });
      }),
    ).toEqual([...before, "zz"]);
  });

  it("has of a Service its first port, by appProtocol or by name", () => {
    const of = (ports: object[]) =>
      serviceIn(
        change(
          ({ services }) =>
            void services.push({ metadata: { name: "s", namespace: "blog" }, spec: { selector: { app: "s" }, ports } }),
        ),
        "blog",
        "s",
      );
    expect(
      of([
        { name: "grpc-x", port: 1 },
        { name: "http", port: 2 },
      ]),
    ).toMatchObject({ port: 1, protocol: "grpc" });
    expect(of([{ name: "grpc-x", port: 1, appProtocol: "tcp" }])).toMatchObject({ protocol: "tcp" });
    expect(of([])).not.toHaveProperty("port");
  });

  it("has what is said of its pods alone, by a policy of their namespace or of the root, with all of its labels", () => {
    const policy = (name: string, namespace: string, matchLabels: Record<string, string>) => ({
      metadata: { name, namespace },
      spec: { selector: { matchLabels }, rules: [{}] },
    });
    const model = change(
      (objects) =>
        void (objects.policies = [
          policy("own", "blog", { app: "api" }),
          policy("root", "istio-system", { app: "api" }),
          policy("other", "client", { app: "api" }),
          policy("more", "blog", { app: "api", version: "v99" }),
        ]),
    );
    expect(serviceIn(model, "blog", "api")!.policies.map(({ name }) => name)).toEqual(["own", "root"]);
    expect(serviceIn(model, "blog", "frontend")!.policies).toEqual([]);
  });

  it("counts of the gateway and of the control plane what is ready, istiod first", () => {
    const model = change(({ pods }) => {
      const gateway = pods.find(({ metadata }) => metadata.namespace === "istio-ingress")!;
      pods.push(
        {
          ...gateway,
          status: {
            phase: "Running",
            conditions: [
              { type: "Ready", status: "False" },
              { type: "Initialized", status: "True" },
            ],
          },
        },
        { ...gateway, metadata: { ...gateway.metadata, labels: { app: "another" } } },
      );
      for (const app of ["zipkin", "grafana"])
        pods.push({
          metadata: { name: app, namespace: "istio-system", labels: { app } },
          spec: {},
          status: { phase: "Running" },
        });
    });
    expect(model.gateway!.pods).toEqual({ ready: 1, all: 2 });
    expect(model.controlPlane.map(({ name, pods }) => [name, pods.ready])).toEqual([
      ["istiod", 1],
      ["grafana", 0],
      ["zipkin", 0],
    ]);
  });

  it("routes by the mesh's own rules before those of the gateway, and by the second rule where the first is one user's", () => {
    const weights = (damage: (objects: Objects) => void) =>
      serviceIn(change(damage), "default", "reviews")!.versions.map(({ weight }) => weight);
    const to = (subset: string, weight?: number) => ({ destination: { host: "reviews", subset }, weight });
    const outer = (route: object[], more: object = {}) => ({
      metadata: { name: "outer", namespace: "default" },
      spec: { hosts: ["*"], gateways: ["bookinfo-gateway"], http: [{ route, ...more }] },
    });
    expect(weights(({ virtualServices }) => virtualServices.unshift(outer([to("v2", 100)])))).toEqual([50, 0, 50]);
    expect(weights((objects) => (objects.virtualServices = [outer([to("v2")])]))).toEqual([0, 100, 0]);
    expect(
      weights(
        (objects) =>
          (objects.virtualServices = [
            {
              ...outer([to("v1", 20), to("v3", 60)]),
              spec: {
                ...outer([]).spec,
                http: [
                  {
                    match: [{ uri: { prefix: "/" } }, { headers: { "end-user": { exact: "jason" } } }],
                    route: [to("v2")],
                  },
                  { route: [to("v1", 20), to("v3", 60)] },
                ],
              },
            },
          ]),
      ),
    ).toEqual([25, 0, 75]);
    expect(
      weights(
        ({ destinationRules }) =>
          void (find(destinationRules, "reviews").spec.subsets.find(
            ({ name }: { name: string }) => name === "v3",
          ).labels.version = "v2"),
      ),
    ).toEqual([50, 50, 0]);
  });

  it("says of paths whether they are exact, a prefix or a pattern, and of a rule that calls in plaintext or ejects", () => {
    const model = change(({ virtualServices, destinationRules }) => {
      find(virtualServices, "bookinfo").spec.http = [
        {
          match: [
            { uri: { exact: "/a" } },
            { uri: { prefix: "/b" } },
            { uri: { prefix: "/" } },
            { uri: { regex: "^/c" } },
            {},
          ],
          route: [{ destination: { host: "productpage.default" } }],
        },
      ];
      destinationRules.push(
        {
          metadata: { name: "p", namespace: "blog" },
          spec: {
            host: "productpage.default.svc.cluster.local",
            trafficPolicy: { tls: { mode: "DISABLE" }, outlierDetection: {} },
          },
        },
        {
          metadata: { name: "q", namespace: "blog" },
          spec: { host: "productpage", trafficPolicy: { loadBalancer: { simple: "RANDOM" } } },
        },
      );
    });
    const { entries, notes } = serviceIn(model, "default", "productpage")!;
    expect(entries[0]!.paths).toEqual(["/a", "/b*", "/*", "~^/c"]);
    expect(notes.map(({ kind, text }) => [kind, text])).toEqual(
      expect.arrayContaining([
        ["warning", "called in plaintext (DestinationRule)"],
        ["limit", "outlier detection"],
      ]),
    );
    expect(notes.map(({ text }) => text)).not.toContain("random");
  });
});
