import * as fs from "node:fs";
import * as path from "node:path";
import { certificateUser, clusterAt, kubeconfigText, singleContext } from "../../kube";
import type { KeyPair } from "./pki";

/** Which user connects to which apiserver. */
export interface Access {
  server: string;
  /** The authority's certificate, as PEM. */
  authority: string;
  user: string;
  client: KeyPair;
}

/** Writes a self-contained kubeconfig, readable only by its owner. */
export function writeKubeconfig(file: string, { server, authority, user, client }: Access): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(
    file,
    kubeconfigText(singleContext("istio-lab", clusterAt(server, authority), certificateUser(client), user)),
    { mode: 0o600 },
  );
}
