import { addonNames, type AddonName } from "../../components/addons/catalog";
import { defaultAddons } from "../../components/addons/settings";
import { valueOf } from "../../components/secret-texts";
import { imageSteps } from "../../embedded/images";
import { chartsStep, toolchainTracks } from "../../embedded/toolchain";
import { engineStep } from "../stack/engine-step";
import type { Stage } from "../terminal/progress";
import type { RawConfig } from "../stack/config-file";

type Config = RawConfig["config"];

/** Everything the embedded target needs on a machine, once: packages, binaries, charts; then the images made of them. @param addons @default all */
export function embeddedStages(addons?: readonly AddonName[]): Stage[] {
  return [toolchainTracks(addons), [imageSteps(addons)]];
}

/** What a stack with this config needs of it: what none of its addons asks for is not built. */
export function embeddedStagesFor(config: Config): Stage[] {
  return embeddedStages(addonsIn(config));
}

/** What is wrong with the list is told when the whole config is read; here it means nothing. */
function addonsIn({ addons }: Config): readonly AddonName[] {
  const named = addons === undefined ? undefined : valueOf(addons);
  return Array.isArray(named)
    ? named.filter((name): name is AddonName => addonNames.includes(name as AddonName))
    : defaultAddons;
}

/** What a stack needs here whose cluster is elsewhere: the engine, and the charts that are made here and not fetched from a repository. */
export function stagesElsewhere(config: Config): Stage[] {
  return [[[engineStep()], ...(usesLocalCharts(config) ? [[chartsStep()]] : [])]];
}

/** Nobody publishes the Gateway API's kinds as a chart. */
function usesLocalCharts({ gatewayApi, istio = "" }: Config): boolean {
  return gatewayApi === "true" || /"chartRepository":\s*"(\.\/)?\.lab\/charts\/?"/.test(istio);
}
