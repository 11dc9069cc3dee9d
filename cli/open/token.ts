import type { Api } from "../../kube";

const HOUR = 3600;

/** A token by which Kiali knows its ServiceAccount, and lets in whoever shows it: made for an hour. https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/ */
export async function kialiToken(api: Pick<Api, "request">, namespace: string): Promise<string> {
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: HOUR } };
  const { status } = await api.request<{ status: { token: string } }>(
    "POST",
    `/api/v1/namespaces/${namespace}/serviceaccounts/kiali/token`,
    { body },
  );
  return status.token;
}
