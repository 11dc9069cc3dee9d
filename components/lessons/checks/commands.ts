/** Commands that show a matter to a person. */
const kubectl = "npm run -s kubectl --";

export function showPods(namespace: string): string {
  return `${kubectl} get pods -n ${namespace}`;
}

export function showMtls(namespace: string): string {
  return `${kubectl} get peerauthentications -A && ${kubectl} get pods -n ${namespace}`;
}

export function showRoutes(namespace: string): string {
  return `${kubectl} get gateways,virtualservices,destinationrules -n ${namespace} -o yaml`;
}

export function showHttpRoutes(namespace: string): string {
  return `${kubectl} get httproutes -n ${namespace} -o yaml`;
}

export function showPolicies(namespace: string): string {
  return `${kubectl} get authorizationpolicies -n ${namespace} -o yaml`;
}

export function showLog(namespace: string, labels: string, container: string): string {
  return `${kubectl} logs -n ${namespace} -l ${labels} -c ${container} --tail 10`;
}

export function showClaim(namespace: string, claim: string): string {
  return `${kubectl} get pvc ${claim} -n ${namespace} && ${kubectl} get storageclasses`;
}

/** The routes of a namespace, in the API that they are written in. */
export function showEntry(namespace: string, gatewayApi: boolean): string {
  return gatewayApi ? showHttpRoutes(namespace) : showRoutes(namespace);
}
