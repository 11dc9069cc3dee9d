/*
 * The one room for Kubernetes: the client of the API server, the object type, kubeconfigs, quantities, and Helm's release records.
 * It knows neither Pulumi nor the command line: an error says what the API server answered, and the caller words the message.
 * Importing it is cheap: `@kubernetes/client-node` is loaded with the first client or kubeconfig.
 */
export * from "./client";
export * from "./helm-record";
export * from "./kubeconfig";
export * from "./kubeconfig-file";
export * from "./object";
export * from "./quantity";
