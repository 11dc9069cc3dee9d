import { lookAt, namespaceOf, repair, ref, pairs } from "../objects";
import { concerns } from "../concerns";
import { ofFaults } from "../relation";
import type { Rule } from "../snapshot";
import { at, isAlike, mapsAt, shown } from "../../../seat/json";

/** A route injects a fault that the config lacks. */
export const fault: Rule = (snapshot) =>
  pairs(snapshot, "VirtualService").flatMap(({ live, made }) => {
    const before = mapsAt(made, "spec", "http").map((rule) => rule.fault);
    const index = mapsAt(live, "spec", "http").findIndex(
      (rule) => at(rule, "fault") !== undefined && !before.some((other) => isAlike(other, rule.fault)),
    );
    if (index < 0) return [];
    const injected = at(live, "spec", "http", index, "fault");
    return [
      {
        namespace: namespaceOf(live),
        services: concerns(snapshot, "VirtualService", live),
        aspects: ["policy", "route", "split", "gateway", "protocol", "identity", "authorization"] as const,
        relation: ofFaults,
        cause: `${ref("VirtualService", live)} injects a fault, spec.http[${index}].fault: ${shown(injected)}; ${made ? "Pulumi made the route without it" : "Pulumi did not make this route"}. The caller's proxy makes the error or the delay by itself (flags FI, DI); the app is never asked.`,
        look: lookAt("VirtualService", live),
        fix: repair(snapshot, "VirtualService", live),
      },
    ];
  });
