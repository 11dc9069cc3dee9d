import { kubectl, namespaceOf, repair, ref, anyWorkload, heldPairs } from "../objects";
import { concerns } from "../concerns";
import type { Rule } from "../snapshot";
import { labelText, mapAt, mapsAt, shown } from "../../../seat/json";

const aspects = [
  "route",
  "split",
  "gateway",
  "identity",
  "protocol",
  "policy",
  "mtls",
  "authorization",
  "pods",
] as const;

/** A Service selects no pod, or other pods than the original. */
export const serviceSelector: Rule = (snapshot) =>
  heldPairs(snapshot, "Service").flatMap(({ live, made }) => {
    const [is, was] = [labelText(sorted(live)), labelText(sorted(made))];
    const namespace = namespaceOf(live);
    const none = is !== "" && !anyWorkload(snapshot, namespace, mapAt(live, "spec", "selector"));
    if (is === was || was === "") return [];
    const meets = none ? "and no pod has that: it has no endpoints (503, flag UH)" : "which are other pods";
    return [
      {
        namespace,
        services: concerns(snapshot, "Service", live),
        aspects,
        cause: `${ref("Service", live)} selects pods with ${is || "(nothing)"} (spec.selector), ${meets}; Pulumi made it ${was}.`,
        look: kubectl(
          "get endpointslices",
          namespace && `-n ${namespace}`,
          `-l kubernetes.io/service-name=${live.metadata.name}`,
        ),
        fix: repair(snapshot, "Service", live),
      },
    ];
  });

/** A Service forwards to another port than the app's. */
export const targetPort: Rule = (snapshot) =>
  heldPairs(snapshot, "Service").flatMap(({ live, made }) =>
    mapsAt(made, "spec", "ports").flatMap((before) => {
      const ports = mapsAt(live, "spec", "ports");
      const index = ports.findIndex((port) => port.port === before.port);
      const port = ports[index];
      if (
        port !== undefined &&
        (before.targetPort === undefined || String(port.targetPort) === String(before.targetPort))
      )
        return [];
      const cause =
        port === undefined
          ? `${ref("Service", live)} has no port ${shown(before.port)} (spec.ports has ${ports.map((other) => shown(other.port)).join(", ") || "none"}); Pulumi made it with that one.`
          : `${ref("Service", live)}: port ${shown(port.port)} leads to port ${shown(port.targetPort)} of the pods (spec.ports[${index}].targetPort), Pulumi made it ${shown(before.targetPort)}: nothing listens there (503, flag UF).`;
      return [
        {
          namespace: namespaceOf(live),
          services: concerns(snapshot, "Service", live),
          aspects,
          cause,
          look: kubectl("describe service", live.metadata.name, `-n ${namespaceOf(live) ?? ""}`),
          fix: repair(snapshot, "Service", live),
        },
      ];
    }),
  );

function sorted(service: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(mapAt(service, "spec", "selector")).sort(([a], [b]) => (a < b ? -1 : 1)));
}
