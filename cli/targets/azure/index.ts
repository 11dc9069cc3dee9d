import { stagesElsewhere } from "../stages";
import type { TargetCommands } from "../target";

export const azure: TargetCommands = {
  preconditions: () => undefined,
  stages: stagesElsewhere,
  findings: (context) => (require("./preflight") as typeof import("./preflight")).findings(context),
  classFindings: (seats) => (require("../../class/preflight/azure") as typeof import("../../class/preflight/azure")).azureFindingsHere(seats),
  proof: () => (require("../../class/proof/azure") as typeof import("../../class/proof/azure")).azureProof(),
  unique: { key: "azure.dnsLabel", of: ({ azure: { dnsLabel, location } }) => dnsLabel && `${dnsLabel}.${location}` },
};
