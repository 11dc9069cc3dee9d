import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { catalog } from "../../../components/lessons/catalog";
import { subsets, weightedRoute } from "../../../components/mesh/canary";
import { named, type Registered } from "./graph";
import { config, runProgram } from "./program";
import { anySplit } from "./splits";

const versions = catalog.bookinfo.canary.reviews;
const route = (resources: Registered[]) => named(resources, "bookinfo-reviews-canary-route");
const split = (reviews: Record<string, number>) => runProgram(config({ canary: { reviews } })).then(({ resources }) => resources);

test("all versions are subsets, in their order", () => {
  expect(subsets("reviews", ["v1", "v2"])).toEqual({
    host: "reviews",
    subsets: [
      { name: "v1", labels: { version: "v1" } },
      { name: "v2", labels: { version: "v2" } },
    ],
  });
});

test("any split becomes a route with exactly its weights, in the order of the versions", () => {
  fc.assert(
    fc.property(anySplit(versions), fc.integer(), (weights, seed) => {
      const shuffled = Object.fromEntries(Object.entries(weights).sort(() => ((seed = (seed * 31 + 7) | 0) % 2)));
      const written = weightedRoute("reviews", versions, shuffled).map(({ destination, weight }) => [destination.host, destination.subset, weight]);
      expect(written).toEqual(versions.filter((version) => version in weights).map((version) => ["reviews", version, weights[version]]));
    }),
  );
});

test("without weights everything goes to the first version", async () => {
  const { resources } = await runProgram();
  expect(route(resources).inputs).toEqual({
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name: "reviews", namespace: "default" },
    spec: { hosts: ["reviews"], http: [{ route: [{ destination: { host: "reviews", subset: "v1" }, weight: 100 }] }] },
  });
});

test("the route comes after its subsets, which name all versions", async () => {
  const { resources } = await runProgram();
  expect(route(resources).dependsOn).toEqual(["bookinfo-namespace-injected", "bookinfo-reviews-canary-subsets", "istio-gateway"]);
  expect(named(resources, "bookinfo-reviews-canary-subsets").inputs).toEqual({
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    metadata: { name: "reviews", namespace: "default" },
    spec: subsets("reviews", versions),
  });
});

describe("a change of the weights changes the numbers in one VirtualService and nothing else", () => {
  test.each([
    [{ v1: 50, v3: 50 }, { v1: 80, v3: 20 }],
    [{ v1: 90, v3: 10 }, { v1: 0, v3: 100 }],
    [{ v1: 100, v2: 0, v3: 0 }, { v1: 34, v2: 33, v3: 33 }],
  ])("%j → %j", async (from, to) => {
    const [before, after] = [await split(from), await split(to)];
    expect(after.filter(({ name }) => name !== route(after).name)).toEqual(before.filter(({ name }) => name !== route(before).name));
    const expected = structuredClone(route(before));
    for (const destination of expected.inputs.spec.http[0].route) destination.weight = to[destination.destination.subset as keyof typeof to];
    expect(route(after)).toEqual(expected);
    expect(route(after)).not.toEqual(route(before));
  });
});
