import { imageSteps } from "../embedded/images";
import { chartsStep, toolchainTracks } from "../embedded/toolchain";
import { engineStep } from "./engine-step";
import type { Stage } from "./progress";
import type { RawConfig } from "./stack-config";

type Config = RawConfig["config"];

/** Everything the embedded target needs on a machine, once: packages, binaries, charts; then the images made of them. */
export function embeddedStages(): Stage[] {
  return [toolchainTracks(), [imageSteps()]];
}

/** What a stack needs here whose cluster is elsewhere: the engine, and the charts that are made here and not fetched from a repository. */
export function stagesElsewhere(config: Config): Stage[] {
  return [[[engineStep()], ...(usesLocalCharts(config) ? [[chartsStep()]] : [])]];
}

/** Nobody publishes the Gateway API's kinds as a chart. */
function usesLocalCharts({ gatewayApi, istio = "" }: Config): boolean {
  return gatewayApi === "true" || /"chartRepository":\s*"(\.\/)?\.lab\/charts\/?"/.test(istio);
}
