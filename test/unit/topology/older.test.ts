import { describe, expect, it } from "vitest";
import { readRoutes } from "../../../cli/topology/routes";
import type { KubeObject } from "../../../kube";

const split = (name: string, namespace: string, created: string, v1: number, more: object = {}): KubeObject => ({
  kind: "VirtualService",
  metadata: { name, namespace, creationTimestamp: created },
  spec: {
    hosts: [`reviews${namespace === "default" ? "" : ".default"}`],
    http: [
      {
        route: [
          { destination: { host: "reviews.default", subset: "v1" }, weight: v1 },
          { destination: { host: "reviews.default", subset: "v2" }, weight: 100 - v1 },
        ],
      },
    ],
    ...more,
  },
});
const rule: KubeObject = {
  kind: "DestinationRule",
  metadata: { name: "reviews", namespace: "default" },
  spec: { host: "reviews", subsets: ["v1", "v2"].map((version) => ({ name: version, labels: { version } })) },
};
const weights = (...virtualServices: KubeObject[]) => {
  const { service } = readRoutes({ virtualServices, destinationRules: [rule], httpRoutes: [], services: [] });
  return [...(service("default", "reviews").weights ?? [])];
};

const [old, young] = ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"];

describe("of two routes for one host", () => {
  it("the older one is drawn, in whatever order and namespace they come", () => {
    const both = [split("a", "elsewhere", young, 10), split("b", "default", old, 90)];
    for (const order of [both, [...both].reverse()])
      expect(weights(...order)).toEqual([
        ["v1", 90],
        ["v2", 10],
      ]);
  });

  it("one that is not exported to the host's namespace does not count", () =>
    expect(weights(split("a", "elsewhere", old, 10, { exportTo: ["."] }), split("b", "default", young, 90))).toEqual([
      ["v1", 90],
      ["v2", 10],
    ]));

  it("one at a gateway counts beside it", () =>
    expect(weights(split("a", "default", old, 10, { gateways: ["front"] }), split("b", "default", young, 90))).toEqual([
      ["v1", 90],
      ["v2", 10],
    ]));
});
