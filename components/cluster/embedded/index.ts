import type { TargetDefinition } from "../target";

/** A Kubernetes node on this machine. */
export const embedded = {
  component: "istio-lab:cluster:Embedded",
  isSomebodys: false,
  isNodeHere: true,
  isRented: false,
  serviceType: ({ embedded: own }) => own.serviceType,
  create: (name, settings) => (require("./component") as typeof import("./component")).createEmbedded(name, settings),
} satisfies TargetDefinition;
