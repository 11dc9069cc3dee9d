import { kubectl, lookAt, namespaceOf, repair, ref, heldPairs } from "../objects";
import { concerns, backends, destinations, isKnownHost } from "../concerns";
import type { Rule } from "../snapshot";
import { textsAt } from "../../../seat/json";

/** A route sends to a host that is no Service. */
export const destinationHost: Rule = (snapshot) =>
  (
    [
      ["VirtualService", destinations],
      ["HTTPRoute", backends],
    ] as const
  ).flatMap(([kind, read]) =>
    snapshot.live[kind].flatMap((route) => {
      const unknown = read(route).find(({ host }) => !isKnownHost(host, namespaceOf(route), snapshot));
      if (unknown === undefined) return [];
      return [
        {
          namespace: namespaceOf(route),
          services: concerns(snapshot, kind, route),
          aspects: ["route", "split", "gateway"] as const,
          cause: `${ref(kind, route)} sends to ${unknown.host} (${unknown.path}.${kind === "HTTPRoute" ? "name" : "host"}), and there is no Service of that name: what takes the route gets an error (5xx).`,
          look: kubectl("get services", namespaceOf(route) && `-n ${namespaceOf(route)}`),
          fix: repair(snapshot, kind, route),
        },
      ];
    }),
  );

/** A route answers other hosts than the original. */
export const routeHosts: Rule = (snapshot) =>
  (
    [
      ["VirtualService", "hosts"],
      ["HTTPRoute", "hostnames"],
    ] as const
  ).flatMap(([kind, field]) =>
    heldPairs(snapshot, kind).flatMap(({ live, made }) => {
      const [is, was] = [textsAt(live, "spec", field), textsAt(made, "spec", field)];
      if (is.length === was.length && is.every((host) => was.includes(host))) return [];
      return [
        {
          namespace: namespaceOf(live),
          services: concerns(snapshot, kind, live),
          aspects: ["route", "gateway", "split", "certificate"] as const,
          cause: `${ref(kind, live)} is for the hosts ${is.join(", ") || "(none)"} (spec.${field}); Pulumi made it for ${was.join(", ") || "all"}. Requests for another host do not take it: the gateway answers 404, and a sidecar follows the Service alone.`,
          look: lookAt(kind, live),
          fix: repair(snapshot, kind, live),
        },
      ];
    }),
  );
