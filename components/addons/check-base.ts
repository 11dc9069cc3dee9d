import { KUBECTL } from "../../base/advice";
import { systemNamespace } from "../mesh/system-namespace";
import type { About, CheckBase } from "../lessons/checks/check";

/** What every addon's check has: that it is one, and where its addon is. */
export const lesson = "addons" satisfies CheckBase["lesson"];

/** A failure is looked for at the addon itself … */
export function aboutAddon(services: readonly string[], aspects: About["aspects"]): About {
  return { namespace: systemNamespace, services, aspects };
}

/** … and on the way that the check's requests take through a lesson. */
export function aboutTraffic(
  services: readonly string[],
  aspects: About["aspects"],
  through: Through | undefined,
): About {
  const about = aboutAddon(
    [...services, ...(through?.services ?? [])],
    [...aspects, "pods", "gateway", "route", "split", "mtls", "protocol", "policy"],
  );
  return through === undefined ? about : { ...about, beyond: [through.namespace] };
}

/** The lesson that a check's requests go through. */
export interface Through {
  readonly namespace: string;
  readonly services: readonly string[];
}

/** Shows an addon's pods and Services. */
export function showAddon(app: string): string {
  return `${KUBECTL} get pods,services -n ${systemNamespace} -l ${app}`;
}
