import { seatFolder } from "../../../base/paths";
import { seatStatus } from "../../../embedded";
import { preconditions } from "./preconditions";
import { embeddedStagesFor } from "../stages";
import type { TargetCommands } from "../target";

export const embedded: TargetCommands = {
  preconditions,
  stages: embeddedStagesFor,
  classFindings: (seats) =>
    (require("./class-preflight") as typeof import("./class-preflight")).embeddedFindings(seats),
  standing: (_, stack, state) => (require("./standing") as typeof import("./standing")).embeddedStanding(stack, state),
  proof: () => (require("./proof") as typeof import("./proof")).embeddedProof,
  isHere: async (stack) => (await seatStatus(seatFolder(stack))).state === "running",
  unique: { key: "embedded.addressRange", of: (settings) => settings.embedded.addressRange },
};
