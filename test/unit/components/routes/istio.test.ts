import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { istio } from "../../../../components/mesh/routes/istio";
import type { EntryPlan, ServicePlan } from "../../../../components/mesh/routes/plan";
import { anyPlan } from "./plans";

const reviews: ServicePlan = { service: "reviews", port: 9080, versions: ["v1", "v2", "v3"] };
const spec = (plan: ServicePlan) => istio.service(plan).find(({ suffix }) => suffix === "route")!.spec as any;
const to = (subset: string, weight: number) => ({ destination: { host: "reviews", subset }, weight });

describe("a service inside the mesh", () => {
  test("has all versions as subsets, and a route to the first one after them", () => {
    expect(istio.service(reviews)).toEqual([
      {
        suffix: "subsets",
        kind: "networking.istio.io/v1 DestinationRule",
        name: "reviews",
        spec: {
          host: "reviews",
          trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } },
          subsets: [
            { name: "v1", labels: { version: "v1" } },
            { name: "v2", labels: { version: "v2" } },
            { name: "v3", labels: { version: "v3" } },
          ],
        },
        after: [],
      },
      {
        suffix: "route",
        kind: "networking.istio.io/v1 VirtualService",
        name: "reviews",
        spec: { hosts: ["reviews"], http: [{ route: [to("v1", 100)] }] },
        after: ["subsets"],
      },
    ]);
  });

  test("timeout and retries are written as they are given", () => {
    const policy = { timeout: "0.5s", retries: { attempts: 3, perTryTimeout: "100ms", retryOn: "5xx" } };
    expect(spec({ ...reviews, policy }).http).toEqual([{ ...policy, route: [to("v1", 100)] }]);
    expect(spec({ ...reviews, policy: { retries: { attempts: 0 } } }).http).toEqual([
      { retries: { attempts: 0 }, route: [to("v1", 100)] },
    ]);
  });

  test("a fault for all is in the one rule, with its percentages", () => {
    const policy = {
      fault: { delay: { fixedDelay: "7s", percentage: 100 }, abort: { httpStatus: 500, percentage: 0.1 } },
    };
    expect(spec({ ...reviews, policy }).http).toEqual([
      {
        fault: {
          delay: { fixedDelay: "7s", percentage: { value: 100 } },
          abort: { httpStatus: 500, percentage: { value: 0.1 } },
        },
        route: [to("v1", 100)],
      },
    ]);
  });

  test("a fault for one user is a rule before everybody's", () => {
    const policy = { fault: { abort: { httpStatus: 500, percentage: 100 }, user: "jason" } };
    expect(spec({ ...reviews, weights: { v1: 50, v3: 50 }, policy }).http).toEqual([
      {
        match: [{ headers: { "end-user": { exact: "jason" } } }],
        fault: { abort: { httpStatus: 500, percentage: { value: 100 } } },
        route: [to("v1", 50), to("v3", 50)],
      },
      { route: [to("v1", 50), to("v3", 50)] },
    ]);
  });

  test("a user's version comes before the weights, with the service's limits", () => {
    expect(
      spec({ ...reviews, weights: { v1: 90, v3: 10 }, users: { jason: "v2" }, policy: { timeout: "1s" } }).http,
    ).toEqual([
      { match: [{ headers: { "end-user": { exact: "jason" } } }], timeout: "1s", route: [to("v2", 100)] },
      { timeout: "1s", route: [to("v1", 90), to("v3", 10)] },
    ]);
  });

  test("a user with a fault and a version has both, in one rule, and the other users have theirs", () => {
    const policy = { fault: { abort: { httpStatus: 503, percentage: 10 }, user: "jason" } };
    expect(spec({ ...reviews, users: { anna: "v3", jason: "v2" }, policy }).http).toEqual([
      {
        match: [{ headers: { "end-user": { exact: "jason" } } }],
        fault: { abort: { httpStatus: 503, percentage: { value: 10 } } },
        route: [to("v2", 100)],
      },
      { match: [{ headers: { "end-user": { exact: "anna" } } }], route: [to("v3", 100)] },
      { route: [to("v1", 100)] },
    ]);
  });

  test("a load balancer is the DestinationRule's, and nothing of the route changes", () => {
    const [rule, route] = istio.service({ ...reviews, policy: { loadBalancer: "ROUND_ROBIN" } });
    const [, before] = istio.service(reviews);
    expect(rule!.spec).toMatchObject({ host: "reviews", trafficPolicy: { loadBalancer: { simple: "ROUND_ROBIN" } } });
    expect(route).toEqual(before);
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
  const byName = (plan: EntryPlan) =>
    Object.fromEntries(istio.entry(plan).map(({ suffix, ...object }) => [suffix, object]));

  test("is a Gateway on 80 and a route to the service as a whole; the port opens after the route", () => {
    expect(byName(entry)).toEqual({
      route: {
        kind: "networking.istio.io/v1 VirtualService",
        name: "bookinfo",
        spec: {
          hosts: ["*"],
          gateways: ["bookinfo-gateway"],
          http: [{ route: [{ destination: { host: "productpage", port: { number: 9080 } } }] }],
        },
        after: [],
      },
      gateway: {
        kind: "networking.istio.io/v1 Gateway",
        name: "bookinfo-gateway",
        spec: {
          selector: { istio: "ingressgateway" },
          servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["default/*"] }],
        },
        after: ["route"],
      },
    });
  });

  test("opens 443 for its hosts with the Secret's certificate", () => {
    const { gateway } = byName({ ...entry, hosts: ["blog.example"], https: { credentialName: "blog-cert" } });
    expect((gateway!.spec as any).servers).toEqual([
      { port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["default/blog.example"] },
      {
        port: { number: 443, name: "https", protocol: "HTTPS" },
        hosts: ["default/blog.example"],
        tls: { mode: "SIMPLE", credentialName: "blog-cert" },
      },
    ]);
  });

  test("splits over versions, by paths, with a policy of its own", () => {
    const paths = [{ exact: "/" }, { prefix: "/api" }];
    const policy = { timeout: "2s", fault: { delay: { fixedDelay: "1s", percentage: 5 }, user: "jason" } };
    const { route, subsets } = byName({
      ...entry,
      service: "my-blog",
      port: 80,
      versions: ["v1", "v2"],
      weights: { v1: 90, v2: 10 },
      paths,
      policy,
    });
    const split = [
      { destination: { host: "my-blog", subset: "v1", port: { number: 80 } }, weight: 90 },
      { destination: { host: "my-blog", subset: "v2", port: { number: 80 } }, weight: 10 },
    ];
    const jason = { headers: { "end-user": { exact: "jason" } } };
    expect((route!.spec as any).http).toEqual([
      {
        match: [
          { uri: { exact: "/" }, ...jason },
          { uri: { prefix: "/api" }, ...jason },
        ],
        fault: { delay: { fixedDelay: "1s", percentage: { value: 5 } } },
        timeout: "2s",
        route: split,
      },
      { match: [{ uri: { exact: "/" } }, { uri: { prefix: "/api" } }], timeout: "2s", route: split },
    ]);
    expect((subsets!.spec as any).subsets.map(({ name }: any) => name)).toEqual(["v1", "v2"]);
    expect(route!.after).toEqual(["subsets"]);
  });

  test("of a service without versions has a DestinationRule only for a load balancer", () => {
    expect(byName({ ...entry, policy: { loadBalancer: "RANDOM" } }).subsets!.spec).toEqual({
      host: "productpage",
      trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" }, loadBalancer: { simple: "RANDOM" } },
    });
  });
});

describe("whatever is asked for", () => {
  test("weights are written as they are, in the order of the versions; each rule sums to 100", () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const { http } = spec(plan);
        const written = http.at(-1).route.map(({ destination, weight }: any) => [destination.subset, weight]);
        expect(written).toEqual(
          plan.versions
            .filter((version) => version in plan.weights!)
            .map((version) => [version, plan.weights![version]]),
        );
        for (const { route } of http) expect(route.reduce((sum: number, { weight }: any) => sum + weight, 0)).toBe(100);
      }),
    );
  });

  test("no route names a subset that is not declared, and everybody is served by the last rule", () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const declared = (istio.service(plan)[0]!.spec as any).subsets.map(({ name }: any) => name);
        const { http } = spec(plan);
        for (const { route } of http)
          for (const { destination } of route) expect(declared).toContain(destination.subset);
        expect(http.at(-1).match).toBeUndefined();
        expect(http.slice(0, -1).every(({ match }: any) => match.length === 1)).toBe(true);
        expect(new Set(http.slice(0, -1).map(({ match }: any) => match[0].headers["end-user"].exact)).size).toBe(
          http.length - 1,
        );
      }),
    );
  });
});
