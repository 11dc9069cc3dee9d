import { lookAt, namespaceOf, repair, ref, heldPairs } from "../objects";
import { concerns, backends, destinations, type Destination } from "../concerns";
import { ofShares } from "../relation";
import type { Rule } from "../snapshot";

/** A route splits the traffic differently than the config. */
export const weights: Rule = (snapshot) =>
  (
    [
      ["VirtualService", destinations],
      ["HTTPRoute", backends],
    ] as const
  ).flatMap(([kind, read]) =>
    heldPairs(snapshot, kind).flatMap(({ live, made }) => {
      const [is, was] = [read(live), read(made)];
      if (is.length !== was.length || is.some((entry, index) => nameIn(entry) !== nameIn(was[index]!))) return [];
      const wrong = is.filter((entry, index) => weightIn(entry) !== weightIn(was[index]!));
      if (wrong.length === 0) return [];
      return [
        {
          namespace: namespaceOf(live),
          services: concerns(snapshot, kind, live),
          aspects: ["split", "route"] as const,
          relation: ofShares,
          cause: `${ref(kind, live)} sends ${split(is)}; Pulumi made it from the config as ${split(was)} (${fieldOf(wrong[0]!, kind)}).`,
          look: lookAt(kind, live),
          fix: repair(snapshot, kind, live),
        },
      ];
    }),
  );

function nameIn({ host, subset }: Destination): string {
  return subset === undefined ? host : `${host} ${subset}`;
}

/** A single destination gets all traffic, with or without a weight. */
function weightIn({ weight }: Destination): string {
  return weight === undefined ? "all" : String(weight);
}

function split(entries: Destination[]): string {
  return entries.map((entry) => `${nameIn(entry)} ${weightIn(entry)}`).join(" : ");
}

function fieldOf({ path }: Destination, kind: "VirtualService" | "HTTPRoute"): string {
  return kind === "VirtualService" ? path.replace(/destination$/, "weight") : `${path}.weight`;
}
