import { stagesElsewhere } from "../stages";
import type { TargetCommands } from "../target";

export const minikube: TargetCommands = {
  preconditions: () => undefined,
  stages: stagesElsewhere,
  findings: (context) => (require("./preflight") as typeof import("./preflight")).findings(context),
  classFindings: (seats) =>
    (require("./class-preflight") as typeof import("./class-preflight")).minikubeFindings(seats),
  clusterStatus: (_, stack, state) =>
    (require("./cluster-status") as typeof import("./cluster-status")).minikubeClusterStatus(stack, state),
  proof: () => (require("./proof") as typeof import("./proof")).minikubeProof(),
  power: () => (require("./stop") as typeof import("./stop")).minikubePower(),
  isHere: (stack, settings) => (require("./power") as typeof import("./power")).isKnown(stack, settings.minikube),
  isAwake: async (stack, settings) =>
    (await (require("./power") as typeof import("./power")).powerOf(stack, settings.minikube)).state === "running",
  requireAwake: async (stack, settings) => {
    const { powerOf, requirePower } = require("./power") as typeof import("./power");
    requirePower(stack, await powerOf(stack, settings.minikube));
  },
  sizeOf: (settings, state) => (require("./sizes") as typeof import("./sizes")).sizeMade(settings.minikube, state),
  shellLines: (stack, settings) =>
    (require("./power") as typeof import("./power")).shellLines(stack, settings.minikube),
  unique: { key: "minikube.profile", of: (settings) => settings.minikube.profile },
};
