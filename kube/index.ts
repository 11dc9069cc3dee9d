/*
 * Kubernetes, as everybody here speaks to it: one client of the API server, one type of object, kubeconfigs read and written, quantities, and what Helm keeps.
 * It knows neither Pulumi nor the command line: an error says what the API server said, and whoever asked makes a sentence of it.
 * Importing it loads nothing heavy: `@kubernetes/client-node` is loaded by the first client or kubeconfig that is made.
 */
export * from "./object";
export * from "./quantity";
export * from "./helm-record";
