import { describe, expect, it } from "vitest";
import { catalog, lessonNames } from "../../../components/lessons/catalog";
import { addonNames } from "../../../components/addons/catalog";
import { lessonChecks as checksOf } from "../../../components/lessons/checks";
import { checksOf as allChecks } from "../../../components/checks";
import { systemNamespace } from "../../../components/mesh/system-namespace";
import type { CheckSpec } from "../../../components/lessons/checks/check";
import { recipes } from "../../../embedded/images/recipes";
import { probes } from "../../../cli/check/probes";
import { settingsWith } from "./settings";

/** Every kind of check at once. */
const everything = settingsWith({
  canary: { reviews: { v1: 50, v3: 50 }, "my-blog": { v1: 90, v2: 10 } },
  blog: { https: true, replicasFollowWeights: true },
  bookinfo: {
    reviews: { users: { jason: "v2" }, timeout: "10s", retries: { attempts: 2, perTryTimeout: "2s" } },
    details: { fault: { abort: { httpStatus: 503, percentage: 10 }, user: "jason" } },
    ratings: { loadBalancer: "RANDOM" },
  },
});

const find = (specs: readonly CheckSpec[], name: string) => {
  const found = specs.find((spec) => spec.name === name);
  expect(found, name).toBeDefined();
  return found!;
};

describe("the checks of the lessons", () => {
  const specs = checksOf(everything);

  it.each([
    ["backend", "pods 2/2 with istio-init and istio-proxy", "backend-pods", "pods"],
    ["backend", "the client's log shows the hello line", "backend-hello", "log"],
    ["backend", "httpbin sees the caller's SPIFFE id", "backend-identity", "peer"],
    ["backend", "plaintext from outside the mesh", "backend-plaintext", "plaintext"],
    ["bookinfo", "the title through GATEWAY_URL", "bookinfo-page", "answer"],
    ["bookinfo", "/api/v1/products", "bookinfo-products", "answer"],
    ["bookinfo", "measured split", "bookinfo-split", "split"],
    ["bookinfo", "stars of every version", "bookinfo-stars", "versions"],
    ["bookinfo", "STRICT refusal", "bookinfo-plaintext", "plaintext"],
    ["bookinfo", "a named user's version", "bookinfo-user-jason", "user"],
    ["bookinfo", "fault injection", "bookinfo-fault-details", "fault"],
    ["bookinfo", "timeout and retries", "bookinfo-policy-reviews", "proxy-route"],
    ["bookinfo", "load-balancer policy", "bookinfo-policy-ratings", "proxy-route"],
    ["temperature", "conversions", "temperature-conversions", "answer"],
    ["temperature", "a bad unit is answered 400", "temperature-refusals", "answer"],
    ["temperature", "the gRPC hop is HTTP/2 and mTLS", "temperature-grpc", "grpc"],
    ["temperature", "plaintext", "temperature-plaintext", "plaintext"],
    ["blog", "the split", "blog-split", "split"],
    ["blog", "replicas 9:1", "blog-replicas", "pods"],
    ["blog", "443 with a certificate", "blog-https", "https"],
    ["blog", "200 for the right identity", "blog-frontend-allowed", "access"],
    ["blog", "403 for DELETE", "blog-frontend-refused", "access"],
    ["blog", "403 for the wrong identity", "blog-stranger-refused", "access"],
    ["blog", "another host name", "blog-host", "answer"],
    ["blog", "plaintext", "blog-plaintext", "plaintext"],
    ["admission", "the default StorageClass", "admission-class", "claim"],
  ] as const)("of %s have: %s", (lesson, _, name, kind) => {
    expect(find(specs, name)).toMatchObject({ lesson, kind });
  });

  it("have names of their own, which begin with the lesson's", () => {
    const names = specs.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, lesson } of specs) expect(name.startsWith(`${lesson}-`), name).toBe(true);
  });

  it("are about the namespaces of the catalog, and each says where to look and has a probe", () => {
    for (const spec of specs) {
      expect(spec.about.namespace).toBe(catalog[spec.lesson as keyof typeof catalog].namespace);
      expect(spec.about.aspects.length).toBeGreaterThan(0);
      expect(spec.lookAt).toMatch(/^npm run -s (kubectl|istioctl) -- /);
      expect(probes[spec.kind], spec.kind).toBeDefined();
    }
  });

  it("are pure data: they survive JSON", () => {
    expect(JSON.parse(JSON.stringify(specs))).toEqual(specs);
  });

  it("name images that the embedded seat has", () => {
    const known = recipes.map(({ name }) => name);
    for (const { name, images } of specs) for (const image of images) expect(known, name).toContain(image);
  });

  it("cover every lesson, and only those of the config", () => {
    expect([...new Set(specs.map(({ lesson }) => lesson))]).toEqual(lessonNames);
    expect(checksOf(settingsWith({ lessons: ["blog"] })).every(({ lesson }) => lesson === "blog")).toBe(true);
    expect(checksOf(settingsWith({ lessons: [] }))).toEqual([]);
    const [mesh, ...more] = allChecks(settingsWith({ lessons: [], addons: [] }));
    expect([mesh, more]).toEqual([expect.objectContaining({ name: "istio-analysis", lesson: "istio" }), []]);
  });

  it("end, for each lesson, with what istioctl says of its namespace; a namespace with other users by the lesson's apps", () => {
    for (const lesson of lessonNames) {
      const { namespace } = catalog[lesson];
      expect(specs.filter((spec) => spec.lesson === lesson).at(-1)).toMatchObject({
        kind: "analysis",
        name: `${lesson}-analysis`,
        namespaces: [namespace],
        about: { namespace },
      });
    }
    expect(find(specs, "bookinfo-analysis")).toMatchObject({ apps: ["details", "ratings", "reviews", "productpage"] });
    expect(find(specs, "blog-analysis")).not.toHaveProperty("apps");
  });

  it("measure over 400 requests or more, every version named, with nothing configured at the first version", () => {
    const splits = checksOf(settingsWith()).filter((spec) => spec.kind === "split");
    expect(splits.map(({ service, weights }) => [service, weights])).toEqual([
      ["reviews", { v1: 100, v2: 0, v3: 0 }],
      ["my-blog", { v1: 100, v2: 0 }],
    ]);
    for (const { requests } of splits) expect(requests).toBeGreaterThanOrEqual(400);
  });

  it("follow the config: replicas, mtls, https", () => {
    expect(find(specs, "blog-replicas")).toMatchObject({
      apps: [
        { version: "v1", pods: 9 },
        { version: "v2", pods: 1 },
      ],
    });
    const plain = checksOf(settingsWith({ mtls: "PERMISSIVE" }));
    expect(find(plain, "blog-replicas")).toMatchObject({ apps: [{ pods: 1 }, { pods: 1 }] });
    expect(plain.filter((spec) => spec.kind === "plaintext").map(({ mtls }) => mtls)).toEqual([
      "PERMISSIVE",
      "PERMISSIVE",
      "PERMISSIVE",
      "PERMISSIVE",
    ]);
    expect(
      plain.some(({ kind }) => kind === "https" || kind === "user" || kind === "fault" || kind === "proxy-route"),
    ).toBe(false);
  });
});

describe("checks that a configured fault would falsify", () => {
  const statusOf = (bookinfo: unknown, name: string) => find(checksOf(settingsWith({ bookinfo })), name).notApplicable;
  const everybody = { abort: { httpStatus: 500, percentage: 100 } };

  it("are not applicable, and say why", () => {
    expect(statusOf({ reviews: { fault: everybody } }, "bookinfo-split")).toContain("istio-lab:bookinfo.reviews.fault");
    expect(statusOf({ productpage: { fault: everybody } }, "bookinfo-page")).toContain(
      "istio-lab:bookinfo.productpage.fault",
    );
    expect(statusOf({ ratings: { fault: everybody } }, "bookinfo-stars")).toContain("istio-lab:bookinfo.ratings.fault");
    expect(
      statusOf(
        { reviews: { timeout: "500ms" }, ratings: { fault: { delay: { fixedDelay: "2s", percentage: 100 } } } },
        "bookinfo-split",
      ),
    ).toContain("ratings");
  });

  it("stay where calls are delayed, but not for too long", () => {
    const slow = { details: { fault: { delay: { fixedDelay: "500ms", percentage: 50 } } } };
    expect(statusOf({ ...slow, productpage: { timeout: "10s" } }, "bookinfo-page")).toBeUndefined();
    expect(statusOf({ ...slow, productpage: { timeout: "1s" } }, "bookinfo-page")).toContain("productpage");
    expect(statusOf(slow, "bookinfo-split")).toBeUndefined();
    expect(
      statusOf({ ratings: { fault: { delay: { fixedDelay: "30s", percentage: 100 } } } }, "bookinfo-fault-ratings"),
    ).toContain("30s");
  });

  it("stay where the fault is one user's, or leaves enough calls to count", () => {
    expect(statusOf({ reviews: { fault: { ...everybody, user: "jason" } } }, "bookinfo-split")).toBeUndefined();
    const some = { reviews: { fault: { abort: { httpStatus: 500, percentage: 10 } } } };
    expect(find(checksOf(settingsWith({ bookinfo: some })), "bookinfo-split")).toMatchObject({ faulty: true });
    expect(statusOf({ details: { fault: everybody } }, "bookinfo-page")).toBeUndefined();
    expect(
      find(checksOf(settingsWith({ bookinfo: { details: { fault: everybody } } })), "bookinfo-products"),
    ).toMatchObject({ cases: [{ words: "products" }, { words: "ratings" }] });
  });
});

describe("with gatewayApi", () => {
  const specs = checksOf(settingsWith({ gatewayApi: true }));

  it("what HTTPRoute cannot say is not applicable, with the reason", () => {
    const rows = specs.filter(({ notApplicable }) => notApplicable !== undefined);
    expect(rows.map(({ name }) => name)).toEqual(["bookinfo-fault", "bookinfo-retries", "bookinfo-load-balancer"]);
    for (const { notApplicable } of rows) expect(notApplicable).toMatch(/^HTTPRoute has no .* gatewayApi$/);
  });

  it("all others are the same", () => {
    const same = specs.filter(({ notApplicable }) => notApplicable === undefined).map(({ name }) => name);
    expect(same).toEqual(checksOf(settingsWith()).map(({ name }) => name));
  });
});

describe("the checks of the addons", () => {
  const everyAddon = (config: Record<string, unknown> = {}) =>
    allChecks(settingsWith(config)).filter(({ lesson }) => lesson === "addons");
  const splitOne = { canary: { reviews: { v1: 50, v3: 50 } } };
  const most = everyAddon({ addons: addonNames.filter((name) => name !== "zipkin"), ...splitOne });

  it.each([
    ["every pod ready", "addon-pods", "addon-pods"],
    ["this run's requests in Prometheus", "prometheus-requests", "metrics"],
    ["a page's trace in Jaeger", "jaeger-trace", "trace"],
    ["Kiali's answer at its node port", "kiali-answer", "node-port"],
    ["no right to write for Kiali", "kiali-view-only", "rights"],
    ["data sources and dashboards", "grafana-dashboards", "dashboards"],
    ["the access log at the collector", "collector-access-log", "collected-log"],
    ["the access log in Loki", "loki-access-log", "collected-log"],
  ] as const)("have: %s", (_, name, kind) => {
    expect(find(most, name)).toMatchObject({ lesson: "addons", kind, about: { namespace: systemNamespace } });
  });

  it("come after the lessons', of installed addons alone, and none without any", () => {
    const all = allChecks(settingsWith());
    expect(all.findIndex(({ lesson }) => lesson === "addons")).toBe(checksOf(settingsWith()).length);
    expect(everyAddon().map(({ name }) => name)).toEqual([
      "addon-pods",
      "prometheus-requests",
      "jaeger-trace",
      "grafana-dashboards",
      "kiali-answer",
      "kiali-view-only",
    ]);
    expect(everyAddon({ addons: [] })).toEqual([]);
    expect(everyAddon({ addons: ["zipkin"], ...splitOne }).map(({ name }) => name)).toEqual([
      "addon-pods",
      "zipkin-trace",
    ]);
  });

  it("have a probe each, say where to look, are pure data and have names of their own", () => {
    const names = allChecks(settingsWith({ addons: addonNames.filter((name) => name !== "zipkin") })).map(
      ({ name }) => name,
    );
    expect(new Set(names).size).toBe(names.length);
    for (const spec of most) {
      expect(spec.lookAt).toMatch(/^npm run -s (kubectl|istioctl) -- /);
      expect(probes[spec.kind], spec.kind).toBeDefined();
    }
    expect(JSON.parse(JSON.stringify(most))).toEqual(most);
  });

  it("name images that the embedded seat has", () => {
    const known = recipes.map(({ name }) => name);
    for (const { name, images } of [...most, ...everyAddon({ addons: ["zipkin"] })])
      for (const image of images) expect(known, name).toContain(image);
  });

  it("want a trace of as many services as the weights lead to, by as many requests as that needs", () => {
    expect(find(most, "jaeger-trace")).toMatchObject({
      apps: ["productpage", "reviews", "ratings"],
      requests: 14,
      sampling: 100,
      about: { beyond: ["default"] },
    });
    // reviews v1 asks for no ratings.
    expect(find(everyAddon(), "jaeger-trace")).toMatchObject({ apps: ["productpage", "reviews"], requests: 10 });
    expect(find(everyAddon({ telemetry: { sampling: 10 } }), "jaeger-trace")).toMatchObject({ requests: 88 });
    expect(find(everyAddon({ canary: { reviews: { v1: 99, v3: 1 } } }), "jaeger-trace")).toMatchObject({
      apps: ["productpage", "reviews"],
    });
  });

  it("are not applicable where the config takes away what they need, and say what", () => {
    const because = (config: Record<string, unknown>, name: string) => find(everyAddon(config), name).notApplicable;
    expect(because({ lessons: ["blog"] }, "jaeger-trace")).toContain("bookinfo");
    expect(because({ telemetry: { sampling: 0 } }, "jaeger-trace")).toContain("istio-lab:telemetry.sampling is 0");
    expect(
      because({ bookinfo: { reviews: { fault: { abort: { httpStatus: 500, percentage: 50 } } } } }, "jaeger-trace"),
    ).toContain("istio-lab:bookinfo.reviews.fault");
    expect(because({ kiali: { auth: "token", viewOnly: false } }, "kiali-view-only")).toContain(
      "istio-lab:kiali.viewOnly",
    );
    expect(most.some(({ notApplicable }) => notApplicable !== undefined)).toBe(false);
  });

  it("count at the gateway, and at the sidecars that the requests come to", () => {
    const counted = (config: Record<string, unknown>) => {
      const spec = find(everyAddon(config), "prometheus-requests");
      return spec.kind === "metrics" ? Object.keys(spec.counters) : [];
    };
    expect(counted({})).toEqual(["the gateway", "productpage", "those behind it"]);
    expect(
      counted({
        lessons: ["bookinfo", "blog"],
        bookinfo: { productpage: { fault: { abort: { httpStatus: 500, percentage: 50 } } } },
      }),
    ).toEqual(["the gateway", "my-blog"]);
    expect(counted({ lessons: ["temperature"] })).toEqual(["the gateway", "temperature-api", "those behind it"]);
    expect(counted({ lessons: ["blog"] })).toEqual(["the gateway", "my-blog"]);
    expect(counted({ lessons: ["admission"] })).toEqual(["the gateway"]);
  });
});
