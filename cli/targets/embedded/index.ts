import { preconditions } from "./preconditions";
import { embeddedStagesFor } from "../stages";
import type { TargetCommands } from "../target";

export const embedded: TargetCommands = {
  preconditions,
  stages: embeddedStagesFor,
  classFindings: (seats) => (require("../../class/preflight/embedded") as typeof import("../../class/preflight/embedded")).embeddedFindings(seats),
  proof: () => (require("../../class/proof/embedded") as typeof import("../../class/proof/embedded")).embeddedProof,
  unique: { key: "embedded.addressRange", of: (settings) => settings.embedded.addressRange },
};
