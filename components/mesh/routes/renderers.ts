import { gatewayApi } from "./gateway-api";
import { istio } from "./istio";
import type { Renderer } from "./plan";

/** The API of the mesh's routes: VirtualService and DestinationRule, or HTTPRoute. */
export type RoutesApi = "istio" | "gateway-api";

export const renderers: Readonly<Record<RoutesApi, Renderer>> = { istio, "gateway-api": gatewayApi };
