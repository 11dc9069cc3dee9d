import { onStack } from "../../../base/advice";
import { gatewayName, ingressNamespace } from "../../mesh/gateway";
import { systemNamespace } from "../../mesh/system-namespace";
import type { Finding } from "../finding";
import { kialiNodePort, nodePorts } from "../ingress";
import { architecture } from "./architecture";
import { deleteCommands, GATEWAY_API, nameOf, releases, type Thing } from "./inventory";
import { MARKER, seatOf } from "./marker";
import type { Survey, SurveyedService } from "./survey";
import { istio as istioRelease, istioMinor, kubernetesRange } from "../../../versions";

/** What the stack wants of a cluster. */
export interface Wanted {
  readonly stack: string;
  /** Whether the stack's own seat is already in this cluster. Its objects are then no obstacle. */
  readonly ours: boolean;
  /** Id of the stack's seat. Undefined while it has none. */
  readonly seat?: string;
  readonly serviceType: "NodePort" | "LoadBalancer" | "ClusterIP";
  readonly gatewayApi: boolean;
  /** Images of the seat that are only known to exist for amd64. @default none */
  readonly amd64Only?: readonly string[];
}

/** The seat's own control plane, and its Services that hold node ports, as `namespace/name`. */
const own = {
  front: `${ingressNamespace}/${gatewayName}`,
  istiod: `${systemNamespace}/istiod`,
  kiali: `${systemNamespace}/kialinodeport`,
};
/** Ports of the gateway's Service. */
const frontPorts = [15021, 80, 443];

/**
 * Checks whether a seat can be in this cluster at all. The guard refuses the seat by these findings, and the
 * preflight reports them.
 */
export function requirements(survey: Survey, wanted: Wanted): Finding[] {
  const first = [version(survey), rights(survey)];
  if (survey.missingRights.length > 0) return first;
  return [
    ...first,
    ...architecture(survey, wanted),
    ...anotherSeat(survey, wanted),
    istio(survey, wanted),
    ...(wanted.gatewayApi ? [gatewayApi(survey, wanted)] : []),
    ...ports(survey, wanted),
    ...(wanted.serviceType === "LoadBalancer" ? [externalAddress(survey, wanted)] : []),
  ];
}

function version({ version: { major, minor, text } }: Survey): Finding {
  const name = "Kubernetes version";
  if (major === 1 && minor >= istioRelease.kubernetes.from && minor <= istioRelease.kubernetes.to)
    return { name, status: "ok", seen: `${text}; Istio ${istioMinor} runs on ${kubernetesRange}` };
  return {
    name,
    status: "refused",
    seen: `${text}, and Istio ${istioMinor} runs on ${kubernetesRange}`,
    todo: "Choose a cluster of such a version, or bring this one to it.",
  };
}

function rights({ missingRights }: Survey): Finding {
  const name = "rights";
  if (missingRights.length === 0)
    return { name, status: "ok", seen: "everything the seat makes may be made, changed and deleted" };
  return {
    name,
    status: "refused",
    seen: `the kubeconfig's user may not: ${missingRights.join("; ")}`,
    todo: "Istio brings kinds, webhooks and roles for the whole cluster. Use a context of a cluster administrator.",
  };
}

/** Refuses a cluster that has another seat: it has room for one Istio only, so for one seat. */
function anotherSeat({ marker }: Survey, { seat }: Wanted): Finding[] {
  if (marker === undefined || marker.seat === seat) return [];
  const todo =
    `Choose another cluster, or have that seat taken down where it was made: \`${onStack(marker.stack, "npm run down")}\`. If its stack no longer exists, delete what the ` +
    `lines below name, and last the mark: \`kubectl delete -n ${MARKER.namespace} configmap/${MARKER.name}\``;
  return [{ name: "another seat", status: "refused", seen: seatOf(marker), todo }];
}

function istio({ controlPlanes, inventory: { things } }: Survey, { ours }: Wanted): Finding {
  const name = "Istio";
  const planes = controlPlanes.filter((id) => !ours || id !== own.istiod);
  // Objects that istiod created itself (ConfigMaps, GatewayClasses) are no obstacle.
  const left = things.filter((thing) => !thing.istiods && !isGatewayApis(thing) && !(ours && isOfReleases(thing)));
  if (planes.length === 0 && left.length === 0)
    return { name, status: "ok", seen: ours ? "only this stack's own" : "none, and no remains of one" };
  const seen = `one that this stack did not install: ${[...planes, ...named(left)].join("; ")}`;
  if (planes.length > 0) {
    return {
      name,
      status: "refused",
      seen,
      todo: "Two of them would take each other's objects. Choose another cluster, or uninstall that one with what installed it (istioctl uninstall --purge, helm uninstall), and then its kinds.",
    };
  }
  return {
    name,
    status: "refused",
    seen,
    todo: `There is no istiod: a removed Istio, or a killed run, left them. If nobody uses them: \`${deleteCommands(left).join(" && ")}\``,
  };
}

function gatewayApi({ inventory: { things } }: Survey, { ours }: Wanted): Finding {
  const name = "Gateway API";
  const foreign = things.filter((thing) => isGatewayApis(thing) && !(ours && thing.release === releases.gatewayApi));
  if (foreign.length === 0)
    return { name, status: "ok", seen: ours ? "only this stack's kinds" : "its kinds are not installed yet" };
  return {
    name,
    status: "refused",
    seen: `kinds that this stack did not install: ${named(foreign).join("; ")}`,
    todo: `The seat brings the release that Istio ${istioMinor} asks for, and cannot share them. Set istio-lab:gatewayApi to false, or remove them if nobody uses them.`,
  };
}

function isGatewayApis({ kind, name }: Thing): boolean {
  return kind !== "GatewayClass" && name.endsWith(`.${GATEWAY_API}`);
}

function isOfReleases({ release }: Thing): boolean {
  return release === releases.base || release === releases.istiod || release === releases.gateway;
}

/** Names every object, except for CRDs: of these it gives the number and one example. */
function named(things: readonly Thing[]): string[] {
  const kinds = things.filter(({ kind }) => kind === "CustomResourceDefinition");
  const release = kinds.find((kind) => kind.release !== undefined)?.release;
  const summary =
    kinds.length === 0
      ? []
      : [`${kinds.length} kinds such as ${kinds[0]!.name}${release === undefined ? "" : ` (Helm release ${release})`}`];
  return [...summary, ...things.filter(({ kind }) => kind !== "CustomResourceDefinition").map(nameOf)];
}

/** Reports each of the seat's node ports that another Service holds, one finding per port. */
function ports({ services }: Survey, { ours, serviceType, stack }: Wanted): Finding[] {
  const fixed = [
    ...(serviceType === "ClusterIP"
      ? []
      : Object.values(nodePorts).map((port) => ({ port, mine: own.front, of: "the gateway's" }))),
    { port: kialiNodePort, mine: own.kiali, of: "Kiali's" },
  ];
  const taken = fixed.flatMap(({ port, mine, of }) =>
    services
      .filter((service) => service.nodePorts.includes(port) && !(ours && service.id === mine))
      .map((service): Finding => ({
        name: `NodePort ${port}`,
        status: "refused",
        seen: `${of}, and Service ${service.id} (${service.type}) holds it`,
        todo: release(service, stack),
      })),
  );
  return taken.length > 0
    ? taken
    : [
        {
          name: "node ports",
          status: "ok",
          seen: `${fixed.map(({ port }) => port).join(", ")} are ${ours ? "free or this stack's" : "free"}`,
        },
      ];
}

function release({ id }: SurveyedService, stack: string): string {
  return `Give it another port, or turn it into ClusterIP while the seat exists: ${onStack(stack, `npm run preflight -- --release-lb ${id}`)} (--restore-lb ${id} restores it).`;
}

/**
 * Refuses a load balancer address that another Service already holds on the gateway's ports. Some load balancers give
 * every Service the node's own address. An example is k3s' ServiceLB, as in the course, where kong-proxy holds
 * 10.0.0.4. A second Service on the same port then waits for ever. In other clusters the check cannot know whether a
 * second address is available.
 */
function externalAddress({ services, nodes }: Survey, { ours, stack }: Wanted): Finding {
  const name = "external address";
  const others = services.filter(
    ({ id, type, ports }) =>
      type === "LoadBalancer" && !(ours && id === own.front) && ports.some((port) => frontPorts.includes(port)),
  );
  const ofNodes = new Set(nodes.flatMap(({ internal, external }) => [...internal, ...external]));
  const squatter = others.find(({ addresses }) => addresses.some((address) => ofNodes.has(address)));
  if (squatter !== undefined) {
    const held = squatter.ports.filter((port) => frontPorts.includes(port)).join(", ");
    return {
      name,
      status: "refused",
      seen: `Service ${squatter.id} holds ${squatter.addresses.join(", ")}, an address of the node itself, on port ${held}`,
      todo: release(squatter, stack),
    };
  }
  const waiting = others.find(({ addresses }) => addresses.length === 0);
  if (waiting !== undefined) {
    return {
      name,
      status: "notice",
      seen: `Service ${waiting.id} waits for one, and the gateway's may wait too`,
      todo: "If this cluster has no load balancer, set istio-lab:existing.serviceType to NodePort.",
    };
  }
  if (others.length === 0) return { name, status: "ok", seen: "no other load balancer is on the gateway's ports" };
  const held = others.map(({ id, addresses }) => `Service ${id} holds ${addresses.join(", ")}`).join("; ");
  return {
    name,
    status: "notice",
    seen: held,
    todo: `If that is the only address this cluster has: ${onStack(stack, `npm run preflight -- --release-lb ${others[0]!.id}`)}`,
  };
}
