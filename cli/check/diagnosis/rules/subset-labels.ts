import { kubectl, namespaceOf, repair, ref, anyWorkload } from "../objects";
import type { KubeObject } from "../../../../kube";
import { concerns, destinations, ruleIsFor, serviceOf } from "../concerns";
import type { Rule, Snapshot } from "../snapshot";
import { at, labelText, mapAt, mapsAt, textAt } from "../../../seat/json";

/** No pod of its service has a subset's labels. */
export const subsetLabels: Rule = (snapshot) =>
  snapshot.live.DestinationRule.flatMap((rule) => {
    const host = textAt(rule, "spec", "host") ?? "";
    const service = serviceOf(host, namespaceOf(rule), snapshot);
    if (service === undefined) return [];
    // Uses the original Service, because a wrong selector is another cause.
    const made = snapshot.made.Service.find((other) => ref("Service", other) === ref("Service", service));
    const selector = mapAt(made ?? service, "spec", "selector");
    if (!anyWorkload(snapshot, namespaceOf(service), selector)) return [];
    return mapsAt(rule, "spec", "subsets").flatMap((subset, index) => {
      const labels = mapAt(subset, "labels");
      if (Object.keys(labels).length === 0 || anyWorkload(snapshot, namespaceOf(service), { ...selector, ...labels }))
        return [];
      const labelled = at(
        snapshot.made.DestinationRule.find((other) => ref("DestinationRule", other) === ref("DestinationRule", rule)),
        "spec",
        "subsets",
        index,
        "labels",
      );
      const before =
        labelled === undefined || labelText(labelled) === labelText(labels)
          ? ""
          : `; Pulumi made it ${labelText(labelled)}`;
      return [
        {
          namespace: namespaceOf(service),
          services: concerns(snapshot, "DestinationRule", rule),
          aspects: ["split", "route", "policy"] as const,
          // A subset to which no route sends is on no request's way.
          generic: !isUsed(snapshot, rule, textAt(subset, "name")),
          cause: `${ref("DestinationRule", rule)}: subset ${textAt(subset, "name") ?? index} selects pods with ${labelText(labels)} (spec.subsets[${index}].labels), and no pod of ${host} has that${before}. What is sent to the subset finds no endpoint (503, flag UH).`,
          look: kubectl("get pods", `-n ${namespaceOf(service)}`, `-l ${labelText(selector)}`, "--show-labels"),
          fix: repair(snapshot, "DestinationRule", rule),
        },
      ];
    });
  });

function isUsed(snapshot: Snapshot, rule: KubeObject, subset: string | undefined): boolean {
  return snapshot.live.VirtualService.some((route) =>
    destinations(route).some(
      (destination) => destination.subset === subset && ruleIsFor(rule, destination.host, namespaceOf(route), snapshot),
    ),
  );
}
