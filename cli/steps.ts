import { imageSteps } from "../embedded/images";
import { chartsStep, toolchainTracks } from "../embedded/toolchain";
import { engineStep } from "./engine-step";
import type { Stage } from "./progress";
import { writtenConfig } from "./stack";

/** Everything the embedded target needs on a machine, once: packages, binaries, charts; then the images made of them. */
export function embeddedStages(): Stage[] {
  return [toolchainTracks(), [imageSteps()]];
}

/** What a stack needs here whose cluster is elsewhere: the engine, and the charts that are made here and not fetched from a repository. */
export function stagesElsewhere(stack: string): Stage[] {
  return [[[engineStep()], ...(usesLocalCharts(writtenConfig(stack)) ? [[chartsStep()]] : [])]];
}

/** Nobody publishes the Gateway API's kinds as a chart. */
function usesLocalCharts(config: Record<string, unknown>): boolean {
  const { chartRepository } = (config["istio-lab:istio"] ?? {}) as { chartRepository?: unknown };
  return String(config["istio-lab:gatewayApi"]) === "true" || /^(\.\/)?\.lab\/charts\/?$/.test(String(chartRepository));
}
