import { lookAt, namespaceOf, repair, ref, heldPairs } from "../objects";
import { concerns } from "../concerns";
import type { Rule } from "../snapshot";
import { mapsAt, textAt, type Bag } from "../../../seat/json";

const httpLike = ["http", "http2", "https", "grpc", "grpc-web"];
const known = [...httpLike, "tcp", "tls", "mongo", "mysql", "redis", "udp"];

/** A Service port's protocol changed. Istio reads the protocol from the port's name. */
export const portProtocol: Rule = (snapshot) =>
  heldPairs(snapshot, "Service").flatMap(({ live, made }) =>
    mapsAt(live, "spec", "ports").flatMap((port, index) => {
      const before = mapsAt(made, "spec", "ports").find((other) => other.port === port.port);
      const [is, was] = [protocolOf(port), before && protocolOf(before)];
      if (was === undefined || is === was) return [];
      return [
        {
          namespace: namespaceOf(live),
          services: concerns(snapshot, "Service", live),
          aspects: ["protocol", "route", "split", "authorization", "policy", "identity", "gateway"] as const,
          cause: `${ref("Service", live)}: port ${String(port.port)} has the ${said(port)} (spec.ports[${index}]), Pulumi made it with the ${said(before!)}. Istio reads the protocol from the name's prefix or from appProtocol: ${consequence(is, was)}.`,
          look: lookAt("Service", live),
          fix: repair(snapshot, "Service", live),
        },
      ];
    }),
  );

/** The protocol as Istio selects it. With an unknown name, the proxy guesses. */
function protocolOf(port: Bag): string {
  const prefix = textAt(port, "appProtocol") ?? (textAt(port, "name") ?? "").split("-")[0]!;
  const protocol = prefix.replace(/^kubernetes\.io\/h2c$/, "http2").toLowerCase();
  return known.includes(protocol) ? protocol : "unknown";
}

function said(port: Bag): string {
  const app = textAt(port, "appProtocol");
  return app === undefined ? `name ${textAt(port, "name") ?? "(none)"}` : `appProtocol ${app}`;
}

function consequence(is: string, was: string): string {
  if (is === "unknown") return "from this one it can read none, so the proxies guess by the first bytes";
  if (httpLike.includes(was) && !httpLike.includes(is)) {
    return `as ${is} the traffic is bytes to the proxies, and nothing of HTTP applies to it: no route, no split, no retry, no header, no rule on methods`;
  }
  return `the proxies now speak ${is} to it instead of ${was}`;
}
