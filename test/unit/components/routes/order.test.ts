import { beforeAll, describe, expect, test } from "vitest";
import { named, type Registered } from "../graph";
import { config, runProgram } from "../program";

let resources: Registered[];

const run = (gatewayApi: boolean) => async () => {
  ({ resources } = await runProgram(config({ gatewayApi, blog: { https: true } })));
};
const before = (name: string) => named(resources, name).dependsOn;
const ofType = (suffix: string) => resources.filter(({ type }) => type.endsWith(suffix)).map(({ name }) => name);

/** Everything that has to be there before `name`, directly or not. */
function allBefore(name: string): Set<string> {
  const all = new Set<string>();
  const add = (of: string): void =>
    named(resources, of).dependsOn.forEach((one) => {
      if (!all.has(one)) add((all.add(one), one));
    });
  add(name);
  return all;
}

describe("with Istio's API", () => {
  beforeAll(run(false));

  test("each object of the routes comes after the gateway, whose pod proves that istiod's webhooks answer", () => {
    const objects = resources.filter(({ type }) => type.includes("networking.istio.io"));
    expect(objects).toHaveLength(14);
    for (const { name, dependsOn } of objects) expect(dependsOn, name).toContain("istio-gateway");
    expect(before("istio-gateway")).toEqual(expect.arrayContaining(["istio-base", "istio-istiod"]));
  });

  test("subsets come before their route, and the route before its Gateway", () => {
    expect(before("bookinfo-reviews-routes-route")).toEqual([
      "bookinfo-namespace-injected",
      "bookinfo-reviews-routes-subsets",
      "istio-gateway",
    ]);
    expect(before("blog-entry-route")).toContain("blog-entry-subsets");
    for (const name of ofType("networking.istio.io/v1:Gateway"))
      expect(before(name), name).toContain(name.replace(/gateway$/, "route"));
  });

  test("the front comes after all of them", () => {
    const routes = resources.filter(({ type }) => type.includes("networking.istio.io")).map(({ name }) => name);
    expect(before("front-service")).toEqual(expect.arrayContaining([...routes, "istio-gateway"]));
  });
});

describe("with the Gateway API", () => {
  beforeAll(run(true));

  test("the kinds come before istiod, and before each object of theirs", () => {
    expect(before("istio-istiod")).toContain("istio-gateway-api");
    const objects = resources.filter(({ type }) => type.includes("gateway.networking.k8s.io"));
    expect(objects).toHaveLength(8);
    for (const { name } of objects) expect([...allBefore(name)], name).toContain("istio-gateway-api");
  });

  test("Services of versions come before their route, and all routes before the Gateway", () => {
    expect(before("bookinfo-reviews-routes-route")).toEqual(
      expect.arrayContaining(["v1", "v2", "v3"].map((version) => `bookinfo-reviews-routes-${version}`)),
    );
    expect(before("istio-gateway")).toEqual(
      expect.arrayContaining([
        ...ofType(":HTTPRoute"),
        ...ofType(":ListenerSet"),
        "istio-base",
        "istio-istiod",
        "istio-gateway-parameters",
      ]),
    );
    expect(ofType(":HTTPRoute")).toHaveLength(6);
  });

  test("a listener comes after its certificate", () => {
    expect([...allBefore("blog-entry-listener")].some((name) => name.startsWith("blog-credential-"))).toBe(true);
  });

  test("objects of Istio's own kinds come after the Gateway, whose pod proves that istiod's webhooks answer", () => {
    const objects = resources.filter(({ type }) => /\.istio\.io\//.test(type));
    expect(objects).toHaveLength(9);
    for (const { name, dependsOn } of objects) expect(dependsOn, name).toContain("istio-gateway");
  });

  test("the front comes last", () => {
    expect(before("front-service")).toEqual(expect.arrayContaining([...ofType(":HTTPRoute"), "istio-gateway"]));
  });
});
