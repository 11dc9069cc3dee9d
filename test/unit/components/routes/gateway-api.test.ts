import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gatewayApi } from "../../../../components/mesh/routes/gateway-api";
import type { EntryPlan, ServicePlan } from "../../../../components/mesh/routes/plan";
import { anyPlainPlan } from "./plans";

const reviews: ServicePlan = { service: "reviews", port: 9080, versions: ["v1", "v3"] };
const spec = (plan: ServicePlan) => gatewayApi.service(plan).find(({ suffix }) => suffix === "route")!.spec as any;
const to = (version: string, weight: number) => ({
  group: "",
  kind: "Service",
  name: `reviews-${version}`,
  port: 9080,
  weight,
});
const everyPath = { path: { type: "PathPrefix", value: "/" } };

describe("a service inside the mesh", () => {
  test("has a Service for each version, and after them a route whose parent is its own Service", () => {
    const version = (version: string) => ({
      suffix: version,
      kind: "v1 Service",
      name: `reviews-${version}`,
      labels: { app: "reviews", version },
      annotations: { "pulumi.com/skipAwait": "true" },
      spec: { selector: { app: "reviews", version }, ports: [{ name: "http", port: 9080, targetPort: "http" }] },
      after: [],
    });
    expect(gatewayApi.service({ ...reviews, weights: { v1: 50, v3: 50 } })).toEqual([
      version("v1"),
      version("v3"),
      {
        suffix: "route",
        kind: "gateway.networking.k8s.io/v1 HTTPRoute",
        name: "reviews",
        spec: {
          parentRefs: [{ group: "", kind: "Service", name: "reviews", port: 9080 }],
          rules: [{ matches: [everyPath], backendRefs: [to("v1", 50), to("v3", 50)] }],
        },
        after: ["v1", "v3"],
      },
    ]);
  });

  test("users and a timeout can be said", () => {
    expect(spec({ ...reviews, users: { jason: "v3" }, policy: { timeout: "0.5s" } }).rules).toEqual([
      {
        matches: [{ ...everyPath, headers: [{ type: "Exact", name: "end-user", value: "jason" }] }],
        backendRefs: [to("v3", 100)],
        timeouts: { request: "500ms" },
      },
      { matches: [everyPath], backendRefs: [to("v1", 100)], timeouts: { request: "500ms" } },
    ]);
  });

  test.each([
    ["fault", { fault: { abort: { httpStatus: 500, percentage: 1 } } }],
    ["retries", { retries: { attempts: 1 } }],
    ["loadBalancer", { loadBalancer: "RANDOM" }],
  ] as const)("%s cannot", (key, policy) => {
    expect(() => spec({ ...reviews, policy })).toThrow(`an HTTPRoute cannot say ${key} (asked of reviews)`);
  });
});

describe("an entry", () => {
  const entry: EntryPlan = {
    service: "productpage",
    port: 9080,
    gateway: "bookinfo-gateway",
    route: "bookinfo",
    hosts: ["*"],
    routesIn: "default",
  };
  const gateway = {
    group: "gateway.networking.k8s.io",
    kind: "Gateway",
    name: "istio-ingressgateway",
    namespace: "istio-ingress",
    sectionName: "http",
  };

  test("is a route at the mesh's one gateway, for any host", () => {
    expect(gatewayApi.entry({ ...entry, paths: [{ exact: "/productpage" }, { prefix: "/static" }] })).toEqual([
      {
        suffix: "route",
        kind: "gateway.networking.k8s.io/v1 HTTPRoute",
        name: "bookinfo",
        spec: {
          parentRefs: [gateway],
          rules: [
            {
              matches: [
                { path: { type: "Exact", value: "/productpage" } },
                { path: { type: "PathPrefix", value: "/static" } },
              ],
              backendRefs: [{ group: "", kind: "Service", name: "productpage", port: 9080, weight: 100 }],
            },
          ],
        },
        after: [],
      },
    ]);
  });

  test("with a certificate brings a listener for its host, beside the Secret, and the route is at both", () => {
    const blog = {
      ...entry,
      service: "my-blog",
      port: 80,
      gateway: "my-blog-gateway",
      route: "my-blog",
      hosts: ["blog.example"],
      versions: ["v1", "v2"],
    };
    const objects = gatewayApi.entry({ ...blog, weights: { v1: 90, v2: 10 }, https: { credentialName: "blog-cert" } });
    expect(objects.map(({ suffix, after }) => [suffix, after])).toEqual([
      ["listener", []],
      ["v1", []],
      ["v2", []],
      ["route", ["listener", "v1", "v2"]],
    ]);
    expect(objects[0]).toMatchObject({
      kind: "gateway.networking.k8s.io/v1 ListenerSet",
      name: "my-blog-gateway",
      namespace: "istio-ingress",
    });
    expect(objects[0]!.spec).toEqual({
      parentRef: { group: "gateway.networking.k8s.io", kind: "Gateway", name: "istio-ingressgateway" },
      listeners: [
        {
          name: "https",
          hostname: "blog.example",
          port: 443,
          protocol: "HTTPS",
          tls: { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", name: "blog-cert" }] },
          allowedRoutes: { namespaces: { from: "All" } },
        },
      ],
    });
    const listener = {
      group: "gateway.networking.k8s.io",
      kind: "ListenerSet",
      name: "my-blog-gateway",
      namespace: "istio-ingress",
    };
    expect(objects[3]!.spec).toEqual({
      parentRefs: [gateway, listener],
      hostnames: ["blog.example"],
      rules: [
        {
          matches: [everyPath],
          backendRefs: [
            { group: "", kind: "Service", name: "my-blog-v1", port: 80, weight: 90 },
            { group: "", kind: "Service", name: "my-blog-v2", port: 80, weight: 10 },
          ],
        },
      ],
    });
  });
});

describe("whatever is asked for", () => {
  test("weights are written as they are, in the order of the versions; each rule sums to 100", () => {
    fc.assert(
      fc.property(anyPlainPlan, (plan) => {
        const { rules } = spec(plan);
        const written = rules.at(-1).backendRefs.map(({ name, weight }: any) => [name, weight]);
        expect(written).toEqual(
          plan.versions
            .filter((version) => version in plan.weights!)
            .map((version) => [`reviews-${version}`, plan.weights![version]]),
        );
        for (const { backendRefs } of rules)
          expect(backendRefs.reduce((sum: number, { weight }: any) => sum + weight, 0)).toBe(100);
      }),
    );
  });

  test("no route names a Service that is not declared before it", () => {
    fc.assert(
      fc.property(anyPlainPlan, (plan) => {
        const objects = gatewayApi.service(plan);
        const route = objects.at(-1)!;
        const declared = objects.filter(({ suffix }) => route.after.includes(suffix)).map(({ name }) => name);
        for (const { backendRefs } of (route.spec as any).rules)
          for (const { name } of backendRefs) expect(declared).toContain(name);
      }),
    );
  });
});
