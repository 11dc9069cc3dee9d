import { certificateUser, clusterAt, kubeconfigText, singleContext } from "../../../kube";

/** PEM texts. */
export interface KubeconfigParts {
  readonly host: string;
  readonly port: number;
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Returns the text of a kubeconfig file for the seat's admin. */
export function kubeconfigOf({ host, port, authority, certificate, key }: KubeconfigParts): string {
  return kubeconfigText(
    singleContext("istio-lab", clusterAt(`https://${host}:${port}`, authority), certificateUser({ certificate, key })),
  );
}
