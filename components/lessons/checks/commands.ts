import { KUBECTL } from "../../../base/advice";

/** Commands that show a matter to a person. A hint adds the stack's name before it is shown. */

export function showPods(namespace: string): string {
  return `${KUBECTL} get pods -n ${namespace}`;
}

export function showMtls(namespace: string): string {
  return `${KUBECTL} get peerauthentications -A && ${KUBECTL} get pods -n ${namespace}`;
}

export function showRoutes(namespace: string): string {
  return `${KUBECTL} get gateways,virtualservices,destinationrules -n ${namespace} -o yaml`;
}

export function showHttpRoutes(namespace: string): string {
  return `${KUBECTL} get httproutes -n ${namespace} -o yaml`;
}

export function showPolicies(namespace: string): string {
  return `${KUBECTL} get authorizationpolicies -n ${namespace} -o yaml`;
}

export function showLog(namespace: string, labels: string, container: string): string {
  return `${KUBECTL} logs -n ${namespace} -l ${labels} -c ${container} --tail 10`;
}

export function showClaim(namespace: string, claim: string): string {
  return `${KUBECTL} get pvc ${claim} -n ${namespace} && ${KUBECTL} get storageclasses`;
}

/** Shows the routes of a namespace, in the API that they are written in. */
export function showEntry(namespace: string, gatewayApi: boolean): string {
  return gatewayApi ? showHttpRoutes(namespace) : showRoutes(namespace);
}
