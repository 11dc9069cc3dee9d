import { KUBECTL } from "../../../base/advice";
import type { Settings } from "../../../config";
import type { CheckSpec } from "../../lessons/checks/check";
import { addonNames, catalog, type AddonName } from "../catalog";
import { systemNamespace } from "../../mesh/system-namespace";
import { addonImages, collectorImage } from "../../../versions";
import { aboutAddon, lesson } from "./base";

/** What an addon runs besides what its own Service leads to. */
const besides: Partial<Record<AddonName, { readonly service: string; readonly image: string }>> = {
  loki: { service: "opentelemetry-collector", image: collectorImage },
};

export function podsChecks({ addons }: Settings): CheckSpec[] {
  const chosen = addonNames.filter((name) => addons.includes(name));
  const more = chosen.flatMap((name) => besides[name] ?? []);
  const services = [...new Set([...chosen.map((name) => catalog[name].service), ...more.map(({ service }) => service)])];
  if (services.length === 0) return [];
  return [
    {
      kind: "addon-pods",
      lesson,
      name: "addon-pods",
      title: "every addon has its pod ready",
      about: aboutAddon([...services, ...chosen], ["pods"]),
      lookAt: `${KUBECTL} get pods -n ${systemNamespace}`,
      images: [...chosen.map((name) => addonImages[name]), ...more.map(({ image }) => image)],
      services,
    },
  ];
}
