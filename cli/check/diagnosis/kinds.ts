/** The kinds of objects that a lesson's or addon's behavior depends on. */
const istioNetworking = { group: "networking.istio.io", version: "v1" } as const;
const istioSecurity = { group: "security.istio.io", version: "v1" } as const;
const gatewayApi = { group: "gateway.networking.k8s.io", version: "v1" } as const;
const rbac = { group: "rbac.authorization.k8s.io", version: "v1" } as const;
const core = { group: "", version: "v1" } as const;

interface KindEntry {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The API path of the collection over all namespaces. */
  readonly path: string;
  /** Limits the collection, as the API server takes it. */
  readonly query?: Record<string, string>;
}

export const kinds = {
  Namespace: entry(core, "Namespace", "namespaces"),
  Pod: entry(core, "Pod", "pods"),
  Service: entry(core, "Service", "services"),
  ServiceAccount: entry(core, "ServiceAccount", "serviceaccounts"),
  ConfigMap: entry(core, "ConfigMap", "configmaps"),
  PersistentVolumeClaim: entry(core, "PersistentVolumeClaim", "persistentvolumeclaims"),
  Event: entry(core, "Event", "events"),
  /** Certificates for the gateway; their content is dropped right after reading. */
  Secret: entry(core, "Secret", "secrets", { fieldSelector: "type=kubernetes.io/tls" }),
  Deployment: entry({ group: "apps", version: "v1" }, "Deployment", "deployments"),
  StatefulSet: entry({ group: "apps", version: "v1" }, "StatefulSet", "statefulsets"),
  ClusterRole: entry(rbac, "ClusterRole", "clusterroles"),
  ClusterRoleBinding: entry(rbac, "ClusterRoleBinding", "clusterrolebindings"),
  EndpointSlice: entry({ group: "discovery.k8s.io", version: "v1" }, "EndpointSlice", "endpointslices"),
  NetworkPolicy: entry({ group: "networking.k8s.io", version: "v1" }, "NetworkPolicy", "networkpolicies"),
  StorageClass: entry({ group: "storage.k8s.io", version: "v1" }, "StorageClass", "storageclasses"),
  PeerAuthentication: entry(istioSecurity, "PeerAuthentication", "peerauthentications"),
  AuthorizationPolicy: entry(istioSecurity, "AuthorizationPolicy", "authorizationpolicies"),
  RequestAuthentication: entry(istioSecurity, "RequestAuthentication", "requestauthentications"),
  VirtualService: entry(istioNetworking, "VirtualService", "virtualservices"),
  DestinationRule: entry(istioNetworking, "DestinationRule", "destinationrules"),
  Gateway: entry(istioNetworking, "Gateway", "gateways"),
  Sidecar: entry(istioNetworking, "Sidecar", "sidecars"),
  ServiceEntry: entry(istioNetworking, "ServiceEntry", "serviceentries"),
  EnvoyFilter: entry({ group: "networking.istio.io", version: "v1alpha3" }, "EnvoyFilter", "envoyfilters"),
  Telemetry: entry({ group: "telemetry.istio.io", version: "v1" }, "Telemetry", "telemetries"),
  HTTPRoute: entry(gatewayApi, "HTTPRoute", "httproutes"),
  /** The Gateway API's Gateway, in addition to Istio's. */
  GatewayApiGateway: entry(gatewayApi, "Gateway", "gateways"),
} as const satisfies Record<string, KindEntry>;

export type Kind = keyof typeof kinds;

function entry<K extends string>(
  { group, version }: { group: string; version: string },
  kind: K,
  plural: string,
  query?: Record<string, string>,
) {
  return { group, version, kind, path: `${group ? `/apis/${group}` : "/api"}/${version}/${plural}`, query };
}

/** The kind's name for kubectl, with its group where two kinds share the name. */
export function resourceName(kind: Kind): string {
  const { group, path } = kinds[kind];
  if (kind === "GatewayApiGateway" || kind === "Gateway") return `${path.slice(path.lastIndexOf("/") + 1)}.${group}`;
  return kinds[kind].kind.toLowerCase();
}
