import { versionPath } from "../../../kube";

/**
 * The kinds of objects that a lesson of one's own may have, by API version and kind → the plural in API paths. Each is
 * in a namespace, so that the lesson's namespace holds all that the lesson makes.
 */
export const kinds = {
  "v1 ConfigMap": "configmaps",
  "v1 Secret": "secrets",
  "v1 Service": "services",
  "v1 ServiceAccount": "serviceaccounts",
  "v1 PersistentVolumeClaim": "persistentvolumeclaims",
  "v1 Pod": "pods",
  "apps/v1 Deployment": "deployments",
  "apps/v1 StatefulSet": "statefulsets",
  "apps/v1 DaemonSet": "daemonsets",
  "batch/v1 Job": "jobs",
  "batch/v1 CronJob": "cronjobs",
  "autoscaling/v2 HorizontalPodAutoscaler": "horizontalpodautoscalers",
  "policy/v1 PodDisruptionBudget": "poddisruptionbudgets",
  "networking.k8s.io/v1 NetworkPolicy": "networkpolicies",
  "rbac.authorization.k8s.io/v1 Role": "roles",
  "rbac.authorization.k8s.io/v1 RoleBinding": "rolebindings",
  "networking.istio.io/v1 VirtualService": "virtualservices",
  "networking.istio.io/v1 DestinationRule": "destinationrules",
  "networking.istio.io/v1 Gateway": "gateways",
  "networking.istio.io/v1 ServiceEntry": "serviceentries",
  "networking.istio.io/v1 Sidecar": "sidecars",
  "networking.istio.io/v1 WorkloadEntry": "workloadentries",
  "networking.istio.io/v1alpha3 EnvoyFilter": "envoyfilters",
  "security.istio.io/v1 PeerAuthentication": "peerauthentications",
  "security.istio.io/v1 AuthorizationPolicy": "authorizationpolicies",
  "security.istio.io/v1 RequestAuthentication": "requestauthentications",
  "telemetry.istio.io/v1 Telemetry": "telemetries",
  "gateway.networking.k8s.io/v1 HTTPRoute": "httproutes",
  "gateway.networking.k8s.io/v1 GRPCRoute": "grpcroutes",
} as const;

export type OwnKind = keyof typeof kinds;

/** Whether the text names one of the kinds, such as `apps/v1 Deployment`. */
export function isOwnKind(text: string): text is OwnKind {
  return Object.hasOwn(kinds, text);
}

/** Returns the kinds that are called so without their API version, such as `Gateway`. */
export function kindsNamed(kind: string): OwnKind[] {
  return (Object.keys(kinds) as OwnKind[]).filter((known) => known.split(" ")[1] === kind);
}

/** Returns the API path of an object of this kind. */
export function pathOf(kind: OwnKind, namespace: string, name: string): string {
  return `${versionPath(kind.split(" ")[0]!)}/namespaces/${namespace}/${kinds[kind]}/${name}`;
}

/** Kinds whose objects run pods. */
export const podKinds: ReadonlySet<string> = new Set([
  "v1 Pod",
  "apps/v1 Deployment",
  "apps/v1 StatefulSet",
  "apps/v1 DaemonSet",
  "batch/v1 Job",
  "batch/v1 CronJob",
]);
