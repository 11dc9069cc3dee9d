import { KUBECTL } from "../../base/advice";
import { systemNamespace } from "../mesh/system-namespace";
import type { About, CheckBase } from "../lessons/checks/check";

/** The `lesson` of every addon's check. */
export const lesson = "addons" satisfies CheckBase["lesson"];

/** Looks for a failure's cause at the addon itself. */
export function aboutAddon(services: readonly string[], aspects: About["aspects"]): About {
  return { namespace: systemNamespace, services, aspects };
}

/** Looks for a failure's cause at the addon, and where the check's requests pass through a lesson. */
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

/** The lesson that a check's requests pass through. */
export interface Through {
  readonly namespace: string;
  readonly services: readonly string[];
}

/** Shows an addon's pods and Services. */
export function showAddon(app: string): string {
  return `${KUBECTL} get pods,services -n ${systemNamespace} -l ${app}`;
}
