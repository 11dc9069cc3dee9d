import type { KubeObject } from "../../../../kube";
import { kubectl, lookAt, nameOf, namespaceOf, repair, ref, heldPairs, labels, pods, templateLabels } from "../objects";
import { concerns, gatewaysOf } from "../concerns";
import type { Rule, Snapshot } from "../snapshot";
import { at, type Bag, labelText, mapAt, mapsAt, selects, textsAt } from "../../../seat/json";

const aspects = ["gateway", "route", "split", "certificate"] as const;

/** A Gateway selects pods that do not exist. */
export const gatewaySelector: Rule = (snapshot) =>
  snapshot.live.Gateway.flatMap((gateway) => {
    const selector = mapAt(gateway, "spec", "selector");
    const exists = [...pods(snapshot).map(labels), ...snapshot.live.Deployment.map(templateLabels)].some((candidate) =>
      selects(selector, candidate),
    );
    if (exists || Object.keys(selector).length === 0) return [];
    const made = snapshot.made.Gateway.find((other) => ref("Gateway", other) === ref("Gateway", gateway));
    const before = made === undefined ? "" : `; Pulumi made it ${labelText(mapAt(made, "spec", "selector"))}`;
    return [
      {
        namespace: namespaceOf(gateway),
        services: concerns(snapshot, "Gateway", gateway),
        aspects,
        cause: `${ref("Gateway", gateway)} selects gateway pods with ${labelText(selector)} (spec.selector), and no pod has that${before}. So no gateway gets its servers, and its routes are answered 404 or not at all.`,
        look: kubectl("get pods -n istio-ingress --show-labels"),
        fix: repair(snapshot, "Gateway", gateway),
      },
    ];
  });

/** A route names a Gateway that does not exist. */
export const gatewayThere: Rule = (snapshot) =>
  snapshot.live.VirtualService.flatMap((route) => {
    const absent = gatewaysOf(route).find(
      (name) => name !== "mesh" && gatewayNamed(snapshot, name, route) === undefined,
    );
    if (absent === undefined) return [];
    return [
      {
        namespace: namespaceOf(route),
        services: concerns(snapshot, "VirtualService", route),
        aspects,
        cause: `${ref("VirtualService", route)} is bound to the Gateway ${absent} (spec.gateways), which does not exist: no gateway serves the route, and its paths are answered 404 or not at all.`,
        look: kubectl("get gateways.networking.istio.io -A"),
        fix: snapshot.repairCommand,
      },
    ];
  });

/** A Gateway refuses hosts that the original accepted. One that accepts more breaks nothing. */
export const gatewayHosts: Rule = (snapshot) =>
  heldPairs(snapshot, "Gateway").flatMap(({ live, made }) => {
    const [is, was] = [hostsOf(live), hostsOf(made)];
    if (mapsAt(made, "spec", "servers").every((server, index) => isLetIn(live, server, index))) return [];
    return [
      {
        namespace: namespaceOf(live),
        services: concerns(snapshot, "Gateway", live),
        aspects,
        cause: `${ref("Gateway", live)} lets in the hosts ${is.join(", ") || "(none)"} (spec.servers[].hosts); Pulumi made it for ${was.join(", ")}. A request for another host is answered 404, whatever the routes say.`,
        look: lookAt("Gateway", live),
        fix: repair(snapshot, "Gateway", live),
      },
    ];
  });

/** A Gateway listens on other ports, or in another way, than the original. */
export const gatewayPorts: Rule = (snapshot) =>
  heldPairs(snapshot, "Gateway").flatMap(({ live, made }) => {
    const [is, was] = [portsOf(live), portsOf(made)];
    if (is.join() === was.join()) return [];
    return [
      {
        namespace: namespaceOf(live),
        services: concerns(snapshot, "Gateway", live),
        aspects,
        cause: `${ref("Gateway", live)} listens on ${is.join(", ") || "(nothing)"} (spec.servers[].port); Pulumi made it for ${was.join(", ")}. The gateway's Service leads to the port that it was made for, where nothing serves the lesson's hosts: 404, or no answer.`,
        look: lookAt("Gateway", live),
        fix: repair(snapshot, "Gateway", live),
      },
    ];
  });

/** Whether a Gateway lets in all hosts of a server that it was made with, on the same port where it has that. */
function isLetIn(live: KubeObject, server: Bag, index: number): boolean {
  const servers = mapsAt(live, "spec", "servers");
  const same = servers.filter(({ port }) => at(port, "number") === at(server, "port", "number"));
  const hosts = (same.length > 0 ? same : servers.slice(index, index + 1)).flatMap((one) => textsAt(one, "hosts"));
  return textsAt(server, "hosts").every((host) => hosts.some((one) => covers(one, host, namespaceOf(live))));
}

/**
 * Whether `one` covers every name that `host` covers. Each is a name, with or without a wildcard. A namespace, `.` or
 * `*` may stand before it.
 * https://istio.io/latest/docs/reference/config/networking/gateway/#Server-hosts
 */
function covers(one: string, host: string, namespace: string | undefined): boolean {
  const [[place, name], [otherPlace, otherName]] = [one, host].map((text) => {
    const [first = "", second] = text.split("/");
    return second === undefined ? (["*", first] as const) : ([first === "." ? namespace : first, second] as const);
  }) as [readonly [string | undefined, string], readonly [string | undefined, string]];
  return (
    (place === "*" || place === otherPlace) &&
    (name === "*" || name === otherName || (name.startsWith("*.") && otherName.endsWith(name.slice(1))))
  );
}

function portsOf(gateway: KubeObject): string[] {
  return mapsAt(gateway, "spec", "servers")
    .map(({ port }) => `${String(at(port, "number"))} ${String(at(port, "protocol"))}`)
    .sort();
}

function hostsOf(gateway: KubeObject): string[] {
  return mapsAt(gateway, "spec", "servers").flatMap((server) => textsAt(server, "hosts"));
}

function gatewayNamed(snapshot: Snapshot, name: string, route: KubeObject): KubeObject | undefined {
  const [namespace, short] = name.includes("/") ? (name.split("/") as [string, string]) : [namespaceOf(route), name];
  // Nobody can tell whether a Gateway is missing in a namespace that is not read.
  if (namespace !== namespaceOf(route) && !snapshot.namespaces.includes(namespace ?? "")) return route;
  return snapshot.live.Gateway.find((gateway) => nameOf(gateway) === short && namespaceOf(gateway) === namespace);
}
