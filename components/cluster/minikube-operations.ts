import { endpointOperations } from "./minikube/endpoint-operations";
import { generationOperations } from "./minikube/generation-operations";
import { thisHost } from "./minikube/daemon";
import { kubeconfigOf } from "./minikube/kubeconfig";
import { minikube } from "./minikube/minikube";
import { freePorts } from "./minikube/ports";
import { powerOperations } from "./minikube/power-operations";
import { profileOperations } from "./minikube/profile-operations";

const tools = { minikube, host: thisHost, kubeconfigOf, freePorts };

/** The operations that module-shim.ts loads in Pulumi's dynamic plugin. The program itself never loads them. */
export const generation = generationOperations(tools);
export const profile = profileOperations(tools);
export const endpoint = endpointOperations(tools);
export const power = powerOperations(tools);
