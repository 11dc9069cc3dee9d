import { gatewayApi } from "./gateway-api";
import { istio } from "./istio";
import type { Renderer } from "./plan";

/** The API in which the mesh's routes are written: VirtualService and DestinationRule, or HTTPRoute. */
export type RoutesApi = "istio" | "gateway-api";

export const renderers: Readonly<Record<RoutesApi, Renderer>> = { istio, "gateway-api": gatewayApi };
