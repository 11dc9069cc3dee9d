import type { TargetDefinition } from "../target";

/** Azure VMs with k3s. */
export const azure = {
  component: "istio-lab:cluster:Azure",
  isSomebodys: false,
  isNodeHere: false,
  isRented: true,
  serviceType: () => "LoadBalancer",
  create: (name, settings) => (require("./component") as typeof import("./component")).createAzure(name, settings),
} satisfies TargetDefinition;
