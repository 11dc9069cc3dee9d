import { kubectl, namespaceOf, repair, ref, heldPairs } from "../objects";
import { concerns } from "../concerns";
import type { RuleFinding, Rule } from "../snapshot";
import { mapsAt, shown, textAt } from "../../../seat/json";

/** A Service's node port changed or is gone, so callers from outside do not reach it. */
export const nodePortMoved: Rule = (snapshot) =>
  heldPairs(snapshot, "Service").flatMap(({ live, made }) =>
    mapsAt(made, "spec", "ports").flatMap((before): RuleFinding[] => {
      const now = mapsAt(live, "spec", "ports").find(({ port }) => port === before.port);
      if (before.nodePort === undefined || now === undefined || String(now.nodePort) === String(before.nodePort))
        return [];
      const type = textAt(live, "spec", "type") ?? "ClusterIP";
      return [
        {
          namespace: namespaceOf(live),
          services: concerns(snapshot, "Service", live),
          aspects: ["route", "gateway"],
          cause: `${ref("Service", live)} is of type ${type} and has node port ${shown(now.nodePort)} for port ${shown(now.port)}; Pulumi made it with ${shown(before.nodePort)}: nothing answers there.`,
          look: kubectl("get service", live.metadata.name, `-n ${namespaceOf(live) ?? ""}`),
          fix: repair(snapshot, "Service", live),
        },
      ];
    }),
  );
