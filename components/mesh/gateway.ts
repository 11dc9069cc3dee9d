import type { RoutesApi } from "./routes/renderers";

/** Name of the mesh's gateway: of its Helm release or Gateway object, and of its Service. */
export const gatewayName = "istio-ingressgateway";
/** Separate from istiod's namespace, so that a role for gateways gives no rights over istiod. */
export const ingressNamespace = "istio-ingress";

/**
 * Selects the gateway's pods. The chart derives its label from the release's name; istiod's label names the Gateway.
 */
export const gatewaySelector = {
  istio: { istio: "ingressgateway" },
  "gateway-api": { "gateway.networking.k8s.io/gateway-name": gatewayName },
} as const satisfies Record<RoutesApi, Record<string, string>>;
