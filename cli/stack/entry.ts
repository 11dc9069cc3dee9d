import { gatewayName } from "../../components/mesh/gateway";
import { isMap } from "../../base/values";
import { isOutgoing, type StateResource } from "./stack";

/** How the gateway is reached, according to the stack's state. */
export interface GatewayEntry {
  /** Only a port-forward leads to it, from the machine where it runs. */
  readonly isForwarded: boolean;
  /** It is reached at the node ports of somebody's cluster, perhaps through published ports. */
  readonly isAtSomebodysNode: boolean;
}

/** GATEWAY_URL alone does not say: `localhost` is also where kind publishes its node ports. */
export function gatewayEntryOf(resources: readonly StateResource[]): GatewayEntry {
  const current = resources.filter((resource) => !isOutgoing(resource));
  const service = current.find(
    ({ type, outputs = {} }) =>
      type === "kubernetes:core/v1:Service" && isMap(outputs.metadata) && outputs.metadata.name === gatewayName,
  );
  const type = isMap(service?.outputs?.spec) ? service.outputs.spec.type : undefined;
  return {
    isForwarded: type === "ClusterIP",
    isAtSomebodysNode: type === "NodePort" && current.some(({ type }) => type === "istio-lab:cluster:Existing"),
  };
}

/** What to do where the gateway answers inside somebody's cluster, and nothing answers at its node ports. */
export const PUBLISHED_PORTS =
  "kind, k3d and Docker Desktop reach only published node ports. Set them in istio-lab:existing.host and existing.ports: docs/existing.md, Published ports.";
