import type { KubeObject } from "../../../../kube";
import { kubectl, nameOf, namespaceOf, ref, inNamespace, missing } from "../objects";
import { concerns, destinations, ruleIsFor, serviceOf } from "../concerns";
import type { Rule, Snapshot } from "../snapshot";
import { mapsAt, textAt } from "../../../seat/json";

/** A route sends to a subset that no DestinationRule declares. */
export const subsetDeclared: Rule = (snapshot) =>
  snapshot.live.VirtualService.flatMap((route) => {
    const namespace = namespaceOf(route);
    const undeclared = destinations(route).filter(
      ({ host, subset }) =>
        subset !== undefined &&
        serviceOf(host, namespace, snapshot) !== undefined &&
        !declares(snapshot, host, namespace, subset),
    );
    const [first] = undeclared;
    if (first === undefined) return [];
    const names = [...new Set(undeclared.map(({ subset }) => subset))].join(", ");
    return [
      {
        namespace,
        services: concerns(snapshot, "VirtualService", route),
        aspects: ["split", "route", "policy"] as const,
        cause: `${ref("VirtualService", route)} sends to subset ${names} of ${first.host} (${first.path}), which no DestinationRule declares${reason(snapshot, namespace, first.host)}. A subset without a declaration has no endpoints: 503.`,
        look: kubectl("get destinationrule", namespace && `-n ${namespace}`, "-o yaml"),
        fix: snapshot.repairCommand,
      },
    ];
  });

function declares(
  snapshot: Snapshot,
  host: string,
  namespace: string | undefined,
  subset: string | undefined,
): boolean {
  return snapshot.live.DestinationRule.some(
    (rule) =>
      ruleIsFor(rule, host, namespace, snapshot) && mapsAt(rule, "spec", "subsets").some(({ name }) => name === subset),
  );
}

/** Says what happened to the rule that declared the subset. */
function reason(snapshot: Snapshot, namespace: string | undefined, host: string): string {
  const of = (rule: KubeObject) => ruleIsFor(rule, host, namespace, snapshot);
  const gone = missing(snapshot, "DestinationRule").find(of);
  if (gone) return `: ${ref("DestinationRule", gone)}, which Pulumi made, does not exist`;
  const made = snapshot.made.DestinationRule.find(of);
  const live =
    made && inNamespace(snapshot.live.DestinationRule, namespaceOf(made)).find((rule) => nameOf(rule) === nameOf(made));
  if (live === undefined) return "";
  if (!of(live))
    return `: ${ref("DestinationRule", live)} has spec.host ${textAt(live, "spec", "host") ?? "not set"}, Pulumi made it ${textAt(made, "spec", "host") ?? "?"}`;
  return `: ${ref("DestinationRule", live)} has only ${
    mapsAt(live, "spec", "subsets")
      .map(({ name }) => String(name))
      .join(", ") || "none"
  } (spec.subsets)`;
}
