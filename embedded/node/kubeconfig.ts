import * as fs from "node:fs";
import * as path from "node:path";
import type { KeyPair } from "./pki";

/** Who connects to which apiserver. */
export interface Access {
  server: string;
  /** The authority's certificate, as PEM. */
  authority: string;
  user: string;
  client: KeyPair;
}

/** Writes a kubeconfig with everything in it, readable by its owner alone. */
export function writeKubeconfig(file: string, access: Access): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, kubeconfig(access), { mode: 0o600 });
}

function kubeconfig({ server, authority, user, client }: Access): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return `apiVersion: v1
kind: Config
current-context: istio-lab
contexts:
- name: istio-lab
  context: { cluster: istio-lab, user: "${user}" }
clusters:
- name: istio-lab
  cluster:
    server: ${server}
    certificate-authority-data: ${base64(authority)}
users:
- name: "${user}"
  user:
    client-certificate-data: ${base64(client.certificate)}
    client-key-data: ${base64(client.key)}
`;
}
