import { stagesElsewhere } from "../stages";
import type { TargetCommands } from "../target";

export const existing: TargetCommands = {
  preconditions: () => undefined,
  stages: stagesElsewhere,
  findings: (context) => (require("./preflight") as typeof import("./preflight")).findings(context),
  classFindings: (seats) =>
    (require("./class-preflight") as typeof import("./class-preflight")).existingFindings(seats),
  clusterStatus: async (workspace, stack, state) => {
    const { currentKubeconfig } = require("./chosen-kubeconfig") as typeof import("./chosen-kubeconfig");
    return (require("./cluster-status") as typeof import("./cluster-status")).existingClusterStatus(
      stack,
      state,
      await currentKubeconfig(workspace, stack),
    );
  },
  proof: () => (require("./proof") as typeof import("./proof")).existingProof(),
  kubeconfig: (settings) =>
    (require("./chosen-kubeconfig") as typeof import("./chosen-kubeconfig")).chosenKubeconfig(settings),
};
