import { stagesElsewhere } from "../stages";
import type { TargetCommands } from "../target";

export const azure: TargetCommands = {
  preconditions: () => undefined,
  stages: stagesElsewhere,
  findings: (context) => (require("./preflight") as typeof import("./preflight")).findings(context),
  classFindings: (seats) =>
    (require("./class-preflight") as typeof import("./class-preflight")).azureFindingsHere(seats),
  clusterStatus: (workspace, stack, state) => {
    const { azureClusterStatus, azureWorld } = require("./cluster-status") as typeof import("./cluster-status");
    return azureClusterStatus(stack, state, azureWorld(workspace, stack));
  },
  proof: () => (require("./proof") as typeof import("./proof")).azureProof(),
  start: (stack, state) => (require("./start") as typeof import("./start")).start(stack, state),
  power: () => (require("./power") as typeof import("./power")).azurePower(),
  shutdown: ({ azure: { autoShutdown } }) => {
    const { here, shutdownTime } = require("./shutdown") as typeof import("./shutdown");
    return autoShutdown === false ? undefined : shutdownTime(autoShutdown, here());
  },
  unique: { key: "azure.dnsLabel", of: ({ azure: { dnsLabel, location } }) => dnsLabel && `${dnsLabel}.${location}` },
};
