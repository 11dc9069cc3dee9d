/** Istio's default trust domain. */
export const trustDomain = "cluster.local";

/** Returns an identity as policies write it. */
export function principal(namespace: string, serviceAccount: string): string {
  return `${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}

/** Returns an identity as a certificate writes it. */
export function spiffeId(namespace: string, serviceAccount: string): string {
  return `spiffe://${principal(namespace, serviceAccount)}`;
}
