import { stagesElsewhere } from "../stages";
import type { TargetCommands } from "../target";

export const existing: TargetCommands = {
  preconditions: () => undefined,
  stages: stagesElsewhere,
  findings: (context) => (require("./preflight") as typeof import("./preflight")).findings(context),
  classFindings: (seats) => (require("../../class/preflight/existing") as typeof import("../../class/preflight/existing")).existingFindings(seats),
  proof: () => (require("../../class/proof/existing") as typeof import("../../class/proof/existing")).existingProof(),
};
