import { KUBECTL } from "../../base/advice";
import type { Settings } from "../../config";
import type { CheckSpec } from "../lessons/checks/check";
import { systemNamespace } from "../mesh/system-namespace";
import { addonNames, addonOf } from "./catalog";
import { aboutAddon, lesson } from "./check-base";

/** Returns the checks of a seat's addons: first that all are running, then those of each addon. */
export function addonChecks(settings: Settings): CheckSpec[] {
  return [
    ...podsChecks(settings),
    ...addonNames.filter((name) => settings.addons.includes(name)).flatMap((name) => addonOf(name).checks(settings)),
  ];
}

function podsChecks({ addons }: Settings): CheckSpec[] {
  const chosen = addonNames.filter((name) => addons.includes(name));
  const more = chosen.flatMap((name) => addonOf(name).besides ?? []);
  const services = [
    ...new Set([...chosen.map((name) => addonOf(name).service), ...more.map(({ service }) => service)]),
  ];
  if (services.length === 0) return [];
  return [
    {
      kind: "addon-pods",
      lesson,
      name: "addon-pods",
      title: "every addon has its pod ready",
      about: aboutAddon([...services, ...chosen], ["pods"]),
      lookAt: `${KUBECTL} get pods -n ${systemNamespace}`,
      images: [...chosen.map((name) => addonOf(name).image), ...more.map(({ image }) => image)],
      services,
    },
  ];
}
