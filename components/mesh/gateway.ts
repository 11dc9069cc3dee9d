import type { RoutesApi } from "./routes/renderers";

/** Name of the mesh's gateway: of its Helm release or its Gateway object, and of the Service in front of it. */
export const gatewayName = "istio-ingressgateway";
/** Apart from istiod's, so that a role for gateways is none for istiod. */
export const ingressNamespace = "istio-ingress";

/** Selects the gateway's pods: the chart makes its label of the release's name, istiod names the Gateway. */
export const gatewaySelector = {
  istio: { istio: "ingressgateway" },
  "gateway-api": { "gateway.networking.k8s.io/gateway-name": gatewayName },
} as const satisfies Record<RoutesApi, Record<string, string>>;
