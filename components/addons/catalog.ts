import { type AddonName, addonNames } from "../../versions";
import type { AddonDefinition } from "./addon";
import { grafana } from "./grafana";
import { jaeger } from "./jaeger";
import { kiali } from "./kiali";
import { loki } from "./loki";
import { prometheus } from "./prometheus";
import { zipkin } from "./zipkin";

type Definitions = Record<AddonName, AddonDefinition>;

/** The addons that exist: one line each. Their order is that of their images in versions.ts. */
export const catalog = { prometheus, jaeger, zipkin, loki, grafana, kiali } satisfies Definitions;

export { type AddonName, addonNames };

/** The definition of an addon, with the parts that some have and others do not. */
export function addonOf(name: AddonName): AddonDefinition {
  return catalog[name];
}
