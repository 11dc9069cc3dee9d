import type { TargetDefinition } from "../target";

/** Any context of a kubeconfig. */
export const existing = {
  component: "istio-lab:cluster:Existing",
  isSomebodys: true,
  isNodeHere: false,
  isRented: false,
  serviceType: ({ existing: own }) => own.serviceType,
  create: (name, settings) => (require("./component") as typeof import("./component")).createExisting(name, settings),
} satisfies TargetDefinition;
