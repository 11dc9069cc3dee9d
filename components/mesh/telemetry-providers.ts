import { systemNamespace } from "./system-namespace";

/** Names by which a Telemetry object refers to the receivers of traces and logs. */
export const providers = {
  /**
   * Istio's built-in provider: each proxy's own log, as `meshConfig` formats it
   * (pilot/pkg/model/telemetry_logging.go, builtinEnvoyAccessLogProvider).
   */
  file: "envoy",
  tracing: "zipkin",
  logging: "otel",
} as const;

/** The Service that each provider sends to, whichever addon owns it. */
export const receivers = {
  tracing: { service: `zipkin.${systemNamespace}.svc.cluster.local`, port: 9411 },
  logging: { service: `opentelemetry-collector.${systemNamespace}.svc.cluster.local`, port: 4317 },
};

/** The labels by which Istio's sample for Loki finds a line (samples/open-telemetry/loki/iop.yaml). */
const labels = {
  pod: "%ENVIRONMENT(POD_NAME)%",
  namespace: "%ENVIRONMENT(POD_NAMESPACE)%",
  cluster: "%ENVIRONMENT(ISTIO_META_CLUSTER_ID)%",
  mesh: "%ENVIRONMENT(ISTIO_META_MESH_ID)%",
};

/**
 * The part of `meshConfig` that says where traces and logs may go. It does not depend on the addons, so that one more
 * changes no release. Nothing is sent before a Telemetry object names a provider. istiod merges the list into its own
 * by name.
 */
export const extensionProviders = [
  { name: providers.tracing, zipkin: receivers.tracing },
  { name: providers.logging, envoyOtelAls: { ...receivers.logging, logFormat: { labels } } },
];
