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
  clusterStatus: (_, stack, state) =>
    (require("./cluster-status") as typeof import("./cluster-status")).embeddedClusterStatus(stack, state),
  proof: () => (require("./proof") as typeof import("./proof")).embeddedProof,
  power: () => (require("./power") as typeof import("./power")).embeddedPower,
  isHere: async (stack) => (await seatStatus(seatFolder(stack))).state === "running",
  unique: { key: "embedded.addressRange", of: (settings) => settings.embedded.addressRange },
};
