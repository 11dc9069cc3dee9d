import type { TargetDefinition } from "../target";

/** A profile of minikube on this machine. */
export const minikube = {
  component: "istio-lab:cluster:Minikube",
  isSomebodys: false,
  isNodeHere: false,
  isRented: false,
  serviceType: () => "NodePort",
  create: (name, settings) => (require("./component") as typeof import("./component")).createMinikube(name, settings),
} satisfies TargetDefinition;
