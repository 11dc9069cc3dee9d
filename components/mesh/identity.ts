/** Returns an identity as policies write it, in Istio's default trust domain. */
export function principal(namespace: string, serviceAccount: string): string {
  return `cluster.local/ns/${namespace}/sa/${serviceAccount}`;
}

/** Returns an identity as a certificate writes it. */
export function spiffeId(namespace: string, serviceAccount: string): string {
  return `spiffe://${principal(namespace, serviceAccount)}`;
}
