import { systemNamespace } from "../../../components/mesh/system-namespace";
import type { AddonPodsCheck } from "../../../components/lessons/checks/check";
import { listed, type Probe } from "./probe";
import { read } from "./pods";

/** The pods behind a Service; undefined where the Service does not exist. */
export interface ServicePods {
  service: string;
  pods?: { name: string; ready: boolean; problem?: string }[];
}

export const addonPods: Probe<AddonPodsCheck, ServicePods[]> = {
  expected: ({ services }) => `a ready pod behind ${listed(services)}`,
  look: ({ services }, { seat }) =>
    Promise.all(
      services.map(async (service): Promise<ServicePods> => {
        const found = await seat.get(`/api/v1/namespaces/${systemNamespace}/services/${service}`);
        if (!found) return { service };
        const selector = Object.entries((found.spec?.selector ?? {}) as Record<string, string>).map(
          ([name, value]) => `${name}=${value}`,
        );
        const pods = await seat.list(`/api/v1/namespaces/${systemNamespace}/pods`, {
          labelSelector: selector.join(","),
        });
        return { service, pods: pods.filter(({ metadata }) => !metadata.deletionTimestamp).map(read) };
      }),
    ),
  evaluate(_, seen) {
    const problems = seen.flatMap(({ service, pods }) => {
      if (pods === undefined) return [{ name: service, problem: "the Service does not exist" }];
      // During an update the old pod runs beside the new one. One ready pod is enough.
      if (pods.some(({ ready }) => ready)) return [];
      return pods.length === 0
        ? [{ name: service, problem: "no pod" }]
        : pods.map(({ name, problem }) => ({ name, problem: problem ?? "not ready" }));
    });
    if (problems.length > 0)
      return {
        ok: false,
        seen: problems.map(({ name, problem }) => `${name}: ${problem}`).join("; "),
        evidence: { pods: problems },
      };
    return { ok: true, seen: `ready: ${listed(seen.map(({ service }) => service))}` };
  },
};
