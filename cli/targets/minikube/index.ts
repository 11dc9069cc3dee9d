import { stagesElsewhere } from "../stages";
import type { TargetCommands } from "../target";

export const minikube: TargetCommands = {
  preconditions: () => undefined,
  stages: stagesElsewhere,
  findings: (context) => (require("./preflight") as typeof import("./preflight")).findings(context),
  classFindings: (seats) => (require("../../class/preflight/minikube") as typeof import("../../class/preflight/minikube")).minikubeFindings(seats),
  proof: () => (require("../../class/proof/minikube") as typeof import("../../class/proof/minikube")).minikubeProof(),
  unique: { key: "minikube.profile", of: (settings) => settings.minikube.profile },
};
