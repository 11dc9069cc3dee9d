import { describe, expect, it } from "vitest";
import { gatewayEntryOf } from "../../../cli/stack/entry";
import type { StateResource } from "../../../cli/stack/stack";
import { gatewayName } from "../../../components/mesh/gateway";

const service = (type: string, more: Partial<StateResource> = {}, name = gatewayName): StateResource => ({
  urn: "",
  type: "kubernetes:core/v1:Service",
  outputs: { metadata: { name }, spec: { type } },
  ...more,
});
const existing = { urn: "", type: "istio-lab:cluster:Existing" };

describe("how the gateway is reached", () => {
  it.each<[string, StateResource[], boolean, boolean]>([
    ["a ClusterIP", [service("ClusterIP")], true, false],
    ["a ClusterIP in somebody's cluster", [existing, service("ClusterIP")], true, false],
    ["node ports of somebody's cluster", [existing, service("NodePort")], false, true],
    ["node ports of the seat's own", [service("NodePort")], false, false],
    ["a load balancer of somebody's cluster", [existing, service("LoadBalancer")], false, false],
    ["another Service's type", [existing, service("ClusterIP", {}, "kiali"), service("NodePort")], false, true],
    [
      "an object of another kind and that name",
      [service("ClusterIP", { type: "kubernetes:core/v1:ConfigMap" })],
      false,
      false,
    ],
    ["no Service yet", [existing], false, false],
    ["a Service without outputs", [service("ClusterIP", { outputs: undefined })], false, false],
    [
      "one that is about to be deleted, beside its successor",
      [service("ClusterIP", { delete: true }), existing, service("NodePort")],
      false,
      true,
    ],
    [
      "one that was deleted and is still to be replaced",
      [service("ClusterIP", { pendingReplacement: true })],
      false,
      false,
    ],
    ["somebody's cluster that the seat is leaving", [{ ...existing, delete: true }, service("NodePort")], false, false],
  ])("%s", (_, resources, isForwarded, isAtSomebodysNode) => {
    expect(gatewayEntryOf(resources)).toEqual({ isForwarded, isAtSomebodysNode });
  });
});
