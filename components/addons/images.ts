/**
 * The images that addons run, each named here alone: by it a check knows whose answer it reads. They are those of the samples, but for Kiali's: the
 * sample's is older than the first one that is made for this release of Istio.
 */
export const addonImages = {
  kiali: "quay.io/kiali/kiali:v2.32",
  prometheus: "docker.io/prom/prometheus:v3.10.0",
  grafana: "docker.io/grafana/grafana:12.0.1",
  jaeger: "docker.io/jaegertracing/jaeger:2.17.0",
  zipkin: "docker.io/openzipkin/zipkin-slim:3.4.0",
  loki: "docker.io/grafana/loki:3.6.7",
  /** Takes the sidecars' access logs and hands them to Loki. */
  collector: "docker.io/otel/opentelemetry-collector-contrib:0.73.0",
} as const;
