import { describe, expect, it } from "vitest";
import { ownSeat } from "../../../cli/preflight/own-seat";
import type { Deployment } from "../../../cli/stack/stack";

const guard = { urn: "", type: "pulumi-nodejs:dynamic/cluster:Guard", id: "cluster-1" };
const drawn = { urn: "", type: "pulumi-nodejs:dynamic/cluster:SeatId", id: "seat-1" };
const namespace = (name: string, type = "kubernetes:core/v1:Namespace") => ({
  urn: name,
  type,
  inputs: { metadata: { name } },
});
const of = (resources: Deployment["resources"], operations: object[] = []) =>
  ownSeat({ resources, operations } as unknown as Deployment);

describe("a stack's own seat in somebody's cluster", () => {
  it("is known by its guard's cluster and by the id it drew, each from its own resource", () => {
    expect(of([drawn, guard])).toEqual({ cluster: "cluster-1", seat: "seat-1", namespaces: [] });
    expect(of([guard])).toEqual({ cluster: "cluster-1", namespaces: [] });
    expect(of([drawn])).toEqual({ seat: "seat-1", namespaces: [] });
  });

  it("is not known by a guard that never got its id", () => {
    expect(
      of([
        { ...guard, id: undefined as never },
        { ...drawn, id: "" },
      ]),
    ).toEqual({ namespaces: [] });
  });

  it("has the namespaces it made, those it labelled, and those that a killed run was making", () => {
    const resources = [
      namespace("blog"),
      namespace("default", "kubernetes:core/v1:NamespacePatch"),
      namespace("istio-system"),
      namespace("no", "kubernetes:core/v1:NamespaceList"),
      namespace("route", "kubernetes:networking.istio.io/v1:VirtualService"),
    ];
    expect(
      of(resources, [
        { type: "creating", resource: namespace("lessons") },
        { type: "creating", resource: namespace("api", "kubernetes:apps/v1:Deployment") },
      ]).namespaces,
    ).toEqual(["blog", "default", "istio-system", "lessons"]);
  });
});
