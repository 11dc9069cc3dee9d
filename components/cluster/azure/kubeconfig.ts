import { stringify } from "yaml";

/** PEM texts. */
export interface KubeconfigParts {
  readonly host: string;
  readonly port: number;
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** The text of a kubeconfig file for the seat's admin. */
export function kubeconfigOf({ host, port, authority, certificate, key }: KubeconfigParts): string {
  const data = (pem: string) => Buffer.from(pem).toString("base64");
  const name = "istio-lab";
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { "server": `https://${host}:${port}`, "certificate-authority-data": data(authority) } }],
    users: [{ name, user: { "client-certificate-data": data(certificate), "client-key-data": data(key) } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  }, { lineWidth: 0 });
}
