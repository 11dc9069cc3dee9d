/*
 * Everything for Kubernetes: the API server's client, the object type, kubeconfigs, quantities, and Helm's release
 * records. This folder knows neither Pulumi nor the command line. Its errors carry the API server's answer, and the
 * caller words the message. Importing it is cheap: `@kubernetes/client-node` is loaded with the first client or
 * kubeconfig.
 */
export * from "./client";
export * from "./helm-record";
export * from "./kubeconfig";
export * from "./kubeconfig-file";
export * from "./object";
export * from "./quantity";
