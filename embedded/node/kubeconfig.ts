import * as fs from "node:fs";
import * as path from "node:path";
import { certificateUser, clusterAt, kubeconfigText, singleContext } from "../../kube";
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
export function writeKubeconfig(file: string, { server, authority, user, client }: Access): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(
    file,
    kubeconfigText(singleContext("istio-lab", clusterAt(server, authority), certificateUser(client), user)),
    { mode: 0o600 },
  );
}
