import { stagesElsewhere } from "../stages";
import type { TargetCommands } from "../target";

export const existing: TargetCommands = {
  preconditions: () => undefined,
  stages: stagesElsewhere,
  findings: (context) => (require("./preflight") as typeof import("./preflight")).findings(context),
  classFindings: (seats) => (require("../../class/preflight/existing") as typeof import("../../class/preflight/existing")).existingFindings(seats),
  standing: async (workspace, stack, state) => {
    const { currentKubeconfig } = require("./chosen-kubeconfig") as typeof import("./chosen-kubeconfig");
    return (require("./standing") as typeof import("./standing")).existingStanding(stack, state, await currentKubeconfig(workspace, stack));
  },
  proof: () => (require("../../class/proof/existing") as typeof import("../../class/proof/existing")).existingProof(),
  kubeconfig: (settings) => (require("./chosen-kubeconfig") as typeof import("./chosen-kubeconfig")).chosenKubeconfig(settings),
};
