/** An identity in the mesh as policies write it, in the trust domain that Istio has by default. */
export function principal(namespace: string, serviceAccount: string): string {
  return `cluster.local/ns/${namespace}/sa/${serviceAccount}`;
}

/** The same as a certificate says it. */
export function spiffeId(namespace: string, serviceAccount: string): string {
  return `spiffe://${principal(namespace, serviceAccount)}`;
}
