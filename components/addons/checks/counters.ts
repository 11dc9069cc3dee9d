import { ingressNamespace } from "../../mesh/gateway";

/**
 * What Prometheus knows of the mesh's requests, as PromQL of one number for each pod: Istio's own metric
 * (https://istio.io/latest/docs/reference/config/metrics/), whichever proxies count it.
 */
export const gatewayRequests = `sum by (pod) (istio_requests_total{reporter="source",namespace="${ingressNamespace}"})`;

/** Requests that came to the sidecars of an app. */
export function requestsAt(app: string, namespace: string): string {
  return requests(`namespace="${namespace}",app="${app}"`);
}

/** Requests that came to all sidecars of a namespace but the app's. */
export function requestsBehind(app: string, namespace: string): string {
  return requests(`namespace="${namespace}",app!="${app}"`);
}

function requests(labels: string): string {
  return `sum by (pod) (istio_requests_total{reporter="destination",${labels}})`;
}
