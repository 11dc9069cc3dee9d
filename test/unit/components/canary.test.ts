import { describe, expect, test } from "vitest";
import { named, type Registered } from "./graph";
import { config, runProgram } from "./program";

const split = (canary: Record<string, Record<string, number>>, gatewayApi: boolean) =>
  runProgram(config({ canary, gatewayApi, addons: [] })).then(({ resources }) =>
    resources.sort((a, b) => a.name.localeCompare(b.name)),
  );

/** Route object → its weights, as each API writes them. */
const weights = {
  VirtualService: ({ inputs }: Registered) =>
    inputs.spec.http[0].route.map(({ destination, weight }: any) => [destination.subset, weight]),
  HTTPRoute: ({ inputs }: Registered) =>
    inputs.spec.rules[0].backendRefs.map(({ name, weight }: any) => [name.split("-").at(-1), weight]),
};

const withoutWeights = (resource: Registered) =>
  JSON.parse(JSON.stringify(resource, (key, value) => (key === "weight" ? "any" : value)));

describe.each([
  [false, "VirtualService"],
  [true, "HTTPRoute"],
] as const)(
  "with gatewayApi %s, a change of the weights changes the numbers in one %s and nothing else",
  (gatewayApi, kind) => {
    /** Each seat differs from the next in the weights of one service. One run of the program ends a change and starts the next one. */
    const seats: Record<string, Record<string, number>>[] = [
      { reviews: { v1: 50, v3: 50 }, "my-blog": { v1: 90, v2: 10 } },
      { reviews: { v1: 90, v3: 10 }, "my-blog": { v1: 90, v2: 10 } },
      { reviews: { v1: 0, v3: 100 }, "my-blog": { v1: 90, v2: 10 } },
      { reviews: { v1: 0, v3: 100 }, "my-blog": { v1: 50, v2: 50 } },
      { reviews: { v1: 0, v3: 100 }, "my-blog": { v1: 0, v2: 100 } },
      { reviews: { v1: 100, v2: 0, v3: 0 }, "my-blog": { v1: 0, v2: 100 } },
      { reviews: { v1: 34, v2: 33, v3: 33 }, "my-blog": { v1: 0, v2: 100 } },
    ];

    test.each([
      ["reviews", "bookinfo-reviews-routes-route", 0, 1],
      ["reviews", "bookinfo-reviews-routes-route", 1, 2],
      ["my-blog", "blog-entry-route", 2, 3],
      ["my-blog", "blog-entry-route", 3, 4],
      ["reviews", "bookinfo-reviews-routes-route", 5, 6],
    ])("%s by %s: from seat %i to seat %i", async (service, route, from, to) => {
      const [before, after] = [await split(seats[from]!, gatewayApi), await split(seats[to]!, gatewayApi)];
      expect(after.filter(({ name }) => name !== route)).toEqual(before.filter(({ name }) => name !== route));
      expect(named(after, route).inputs.kind).toBe(kind);
      expect(weights[kind](named(before, route))).toEqual(Object.entries(seats[from]![service]!));
      expect(weights[kind](named(after, route))).toEqual(Object.entries(seats[to]![service]!));
      expect(withoutWeights(named(after, route))).toEqual(withoutWeights(named(before, route)));
    });
  },
);
