import type { Api } from "../../../kube";

/** Resources with their API group after a dot. The seat creates, changes and deletes objects of each. */
const made = [
  "namespaces",
  "configmaps",
  "secrets",
  "services",
  "serviceaccounts",
  "persistentvolumeclaims",
  "deployments.apps",
  "roles.rbac.authorization.k8s.io",
  "rolebindings.rbac.authorization.k8s.io",
  "clusterroles.rbac.authorization.k8s.io",
  "clusterrolebindings.rbac.authorization.k8s.io",
  "mutatingwebhookconfigurations.admissionregistration.k8s.io",
  "validatingwebhookconfigurations.admissionregistration.k8s.io",
  "customresourcedefinitions.apiextensions.k8s.io",
  "gateways.networking.istio.io",
  "virtualservices.networking.istio.io",
  "destinationrules.networking.istio.io",
  "peerauthentications.security.istio.io",
  "authorizationpolicies.security.istio.io",
] as const;
const ofGatewayApi = [
  "gateways.gateway.networking.k8s.io",
  "httproutes.gateway.networking.k8s.io",
  "listenersets.gateway.networking.k8s.io",
  "validatingadmissionpolicies.admissionregistration.k8s.io",
  "validatingadmissionpolicybindings.admissionregistration.k8s.io",
] as const;
/** Resources that are only read: by the checks here, and by Pulumi while it waits. */
const seen = ["nodes", "pods", "events", "replicasets.apps", "endpointslices.discovery.k8s.io"] as const;

const change = ["get", "list", "watch", "create", "patch", "delete"];
const look = ["list"];

/**
 * Returns the rights that the seat needs and the kubeconfig's user lacks, as `resource.group (verb, verb)`. It asks
 * the API server for each one (SelfSubjectAccessReview). One question is enough where everything is allowed.
 */
export async function missingRights(api: Api, gatewayApi: boolean): Promise<string[]> {
  if (await isAllowed(api, "*.*", "*")) return [];
  const wanted = [
    ...[...made, ...(gatewayApi ? ofGatewayApi : [])].map((resource) => ({ resource, verbs: change })),
    ...seen.map((resource) => ({ resource, verbs: look })),
  ];
  const asked = wanted.map(async ({ resource, verbs }) => {
    const allowed = await Promise.all(verbs.map((verb) => isAllowed(api, resource, verb)));
    const missing = verbs.filter((_, index) => !allowed[index]);
    return missing.length > 0 ? [`${resource} (${missing.join(", ")})`] : [];
  });
  return (await Promise.all(asked)).flat();
}

async function isAllowed(api: Api, resource: string, verb: string): Promise<boolean> {
  const [name, ...group] = resource.split(".");
  const review = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes: { verb, group: group.join("."), resource: name } },
  };
  const { status } = await api.request<{ status: { allowed: boolean } }>(
    "POST",
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    { body: review },
  );
  return status.allowed;
}
