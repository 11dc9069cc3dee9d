import { addonNames, type AddonName } from "../../components/addons/catalog";
import { defaultAddons } from "../../components/addons/settings";
import { valueOf } from "../../components/secret-texts";
import { chartsStep, imageSteps, toolchainTracks } from "../../embedded";
import { engineStep } from "../stack/engine-step";
import type { Stage } from "../terminal/progress";
import type { RawConfig } from "../stack/config-file";

type Config = RawConfig["config"];

/**
 * Everything that the embedded target needs on a machine, once: packages, binaries and charts; then the images made of
 * them.
 * @param addons
 * @default all
 */
export function embeddedStages(addons?: readonly AddonName[]): Stage[] {
  return [toolchainTracks(addons), [imageSteps(addons)]];
}

/** The stages for a stack with this config. What only other addons need is not built. */
export function embeddedStagesFor(config: Config): Stage[] {
  return embeddedStages(addonsIn(config));
}

/** Ignores an invalid list here. The check of the whole config reports it. */
function addonsIn({ addons }: Config): readonly AddonName[] {
  const named = addons === undefined ? undefined : valueOf(addons);
  return Array.isArray(named)
    ? named.filter((name): name is AddonName => addonNames.includes(name as AddonName))
    : defaultAddons;
}

/**
 * What a stack with its cluster elsewhere needs here: the engine, and the charts that are built here and not fetched
 * from a repository.
 */
export function stagesElsewhere(config: Config): Stage[] {
  return [[[engineStep()], ...(usesLocalCharts(config) ? [[chartsStep()]] : [])]];
}

/** The Gateway API's CRDs are built here, because nobody publishes them as a chart. */
function usesLocalCharts({ gatewayApi, istio = "" }: Config): boolean {
  return gatewayApi === "true" || /"chartRepository":\s*"(\.\/)?\.lab\/charts\/?"/.test(istio);
}
