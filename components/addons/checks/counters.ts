import { ingressNamespace } from "../../mesh/gateway";

/**
 * What Prometheus knows of the mesh's requests, as PromQL of one number for each pod. Istio's proxies count in `istio_requests_total`
 * (https://istio.io/latest/docs/reference/config/metrics/); where a proxy lacks Istio's filters, Envoy's own counters say the same.
 */
export const gatewayRequests = either(
  `sum by (pod) (istio_requests_total{reporter="source",namespace="${ingressNamespace}"})`,
  `sum by (pod) (envoy_http_downstream_rq_total{namespace="${ingressNamespace}",http_conn_manager_prefix=~"outbound_.*"})`,
);

/** Requests that came to the sidecars of an app. */
export function requestsAt(app: string, namespace: string): string {
  return requests(`namespace="${namespace}",app="${app}"`);
}

/** Requests that came to all sidecars of a namespace but the app's. */
export function requestsBehind(app: string, namespace: string): string {
  return requests(`namespace="${namespace}",app!="${app}"`);
}

function requests(labels: string): string {
  return either(`sum by (pod) (istio_requests_total{reporter="destination",${labels}})`, `sum by (pod) (envoy_cluster_upstream_rq_total{${labels},cluster_name=~"inbound.*"})`);
}

function either(istio: string, envoy: string): string {
  return `${istio} or ${envoy}`;
}
