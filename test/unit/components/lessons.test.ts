import { beforeAll, describe, expect, test } from "vitest";
import { named, type Registered } from "./graph";
import { config, runProgram } from "./program";

let resources: Registered[];

beforeAll(async () => {
  ({ resources } = await runProgram(config({ addons: [] })));
});

describe("bookinfo", () => {
  test("labels the default namespace and never owns it", () => {
    expect(named(resources, "bookinfo-namespace-injected").type).toBe("kubernetes:core/v1:NamespacePatch");
  });

  test("all calls to reviews go to v1, as upstream begins", () => {
    expect(named(resources, "bookinfo-reviews-routes-route").inputs.spec).toEqual({
      hosts: ["reviews"],
      http: [{ route: [{ destination: { host: "reviews", subset: "v1" }, weight: 100 }] }],
    });
  });
});

describe("bookinfo with policies of its config", () => {
  /** That a change of this lesson touches no other one is asserted in changes.test.ts. */
  const alone = { addons: [], lessons: ["bookinfo"] };
  const changed = async (bookinfo: Record<string, unknown>) => {
    const { resources: before } = await runProgram(config(alone));
    const { resources: after } = await runProgram(config({ ...alone, bookinfo }));
    const differing = after.filter(
      (resource) => JSON.stringify(resource) !== JSON.stringify(named(before, resource.name)),
    );
    expect(after).toHaveLength(before.length);
    return Object.fromEntries(differing.map(({ name, inputs }) => [name, inputs.spec]));
  };
  const to = (host: string, subset = "v1") => [{ destination: { host, subset }, weight: 100 }];
  const jason = { headers: { "end-user": { exact: "jason" } } };

  test("timeout and retries are one VirtualService", async () => {
    const retries = { attempts: 2, perTryTimeout: "2s", retryOn: "5xx" };
    expect(await changed({ details: { timeout: "0.5s", retries } })).toEqual({
      "bookinfo-details-routes-route": {
        hosts: ["details"],
        http: [{ timeout: "0.5s", retries, route: to("details") }],
      },
    });
  });

  test("a fault for one user is a rule before the others", async () => {
    const delay = { fixedDelay: "7s", percentage: 100 };
    expect(await changed({ ratings: { fault: { delay, user: "jason" } } })).toEqual({
      "bookinfo-ratings-routes-route": {
        hosts: ["ratings"],
        http: [
          { match: [jason], fault: { delay: { fixedDelay: "7s", percentage: { value: 100 } } }, route: to("ratings") },
          { route: to("ratings") },
        ],
      },
    });
  });

  test("a version for one user is a rule before the weights", async () => {
    expect(await changed({ reviews: { users: { jason: "v2" } } })).toEqual({
      "bookinfo-reviews-routes-route": {
        hosts: ["reviews"],
        http: [{ match: [jason], route: to("reviews", "v2") }, { route: to("reviews") }],
      },
    });
  });

  test("a load balancer is one DestinationRule", async () => {
    expect(await changed({ ratings: { loadBalancer: "RANDOM" } })).toEqual({
      "bookinfo-ratings-routes-subsets": {
        host: "ratings",
        trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" }, loadBalancer: { simple: "RANDOM" } },
        subsets: [{ name: "v1", labels: { version: "v1" } }],
      },
    });
  });

  test("the page's own policy is on the way in", async () => {
    expect(Object.keys(await changed({ productpage: { timeout: "3s" } }))).toEqual(["bookinfo-entry-route"]);
  });
});

test("mtls: PERMISSIVE changes the policies of all lesson namespaces and nothing else", async () => {
  const { resources: permissive } = await runProgram(config({ addons: [], mtls: "PERMISSIVE" }));
  const isPolicy = ({ type }: Registered) => type.endsWith(":PeerAuthentication");
  expect(permissive.filter(isPolicy).map(({ inputs }) => inputs.spec)).toEqual(
    Array(5).fill({ mtls: { mode: "PERMISSIVE" } }),
  );
  const rest = (all: Registered[]) =>
    all.filter((resource) => !isPolicy(resource)).sort((a, b) => a.name.localeCompare(b.name));
  expect(rest(permissive)).toEqual(rest(resources));
});

test.each([
  ["backend", 16],
  ["bookinfo", 36],
  ["temperature", 16],
  ["blog", 24],
  ["admission", 6],
])("%s alone: the other lessons leave no trace, and it is what it is beside them", async (lesson, count) => {
  const { resources: only } = await runProgram(config({ addons: [], lessons: [lesson] }));
  const own = (all: Registered[]) =>
    all
      .filter(({ name }) => name === lesson || name.startsWith(`${lesson}-`))
      .sort((a, b) => a.name.localeCompare(b.name));
  expect(own(only)).toEqual(own(resources));
  expect(own(only)).toHaveLength(count);
  const others = only.filter(({ name }) => !own(only).some((resource) => resource.name === name));
  expect([...new Set(others.map(({ name }) => name.split("-")[0]))].sort()).toEqual(["front", "istio", "seat"]);
});
