import { type AddonName, addonNames } from "../../versions";
import type { AddonDefinition } from "./addon";
import { grafana } from "./grafana";
import { jaeger } from "./jaeger";
import { kiali } from "./kiali";
import { loki } from "./loki";
import { prometheus } from "./prometheus";
import { zipkin } from "./zipkin";

type Definitions = Record<AddonName, AddonDefinition>;

/** All addons, one entry each, in the order of their images in versions.ts. */
export const catalog = { prometheus, jaeger, zipkin, loki, grafana, kiali } satisfies Definitions;

export { type AddonName, addonNames };

/** Returns the definition of an addon, typed with the optional parts that only some addons have. */
export function addonOf(name: AddonName): AddonDefinition {
  return catalog[name];
}
