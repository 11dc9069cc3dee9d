import type { Api } from "../../kube";

const HOUR = 3600;

/**
 * Creates a token for Kiali's ServiceAccount, valid for one hour. Kiali logs in whoever presents it.
 * https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
 */
export async function kialiToken(api: Pick<Api, "request">, namespace: string): Promise<string> {
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: HOUR } };
  const { status } = await api.request<{ status: { token: string } }>(
    "POST",
    `/api/v1/namespaces/${namespace}/serviceaccounts/kiali/token`,
    { body },
  );
  return status.token;
}
