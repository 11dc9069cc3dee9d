import type { KubeConfig } from "@kubernetes/client-node";

export type { KubeConfig } from "@kubernetes/client-node";

/** Loading client-node takes half a second, so it is loaded only when a cluster is asked. */
const library = () =>
  require("@kubernetes/client-node/dist/config.js") as typeof import("@kubernetes/client-node/dist/config.js");

/** Returns a kubeconfig without any cluster. */
export function emptyKubeconfig(): KubeConfig {
  return new (library().KubeConfig)();
}

/** Parses a kubeconfig. @throws Error where the text is not a kubeconfig */
export function kubeconfigIn(text: string): KubeConfig {
  const kubeconfig = emptyKubeconfig();
  kubeconfig.loadFromString(text);
  return kubeconfig;
}

/** Reads a kubeconfig from its text or its path; by default the user's own. @throws Error where there is none */
export function kubeconfigFrom(text: string | undefined): KubeConfig {
  const kubeconfig = emptyKubeconfig();
  if (!text) kubeconfig.loadFromDefault();
  else if (/[\n{]/.test(text)) kubeconfig.loadFromString(text);
  else kubeconfig.loadFromFile(text);
  return kubeconfig;
}
