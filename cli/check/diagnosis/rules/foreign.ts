import type { KubeObject } from "../../../../kube";
import {
  lookAt,
  namespaceOf,
  ref,
  remove,
  foreign,
  inNamespace,
  labels,
  pods,
  templateLabels,
  WORKLOADS,
} from "../objects";
import { concerns } from "../concerns";
import {
  type RuleFinding,
  INGRESS_NAMESPACE,
  type SnapshotKind,
  ROOT_NAMESPACE,
  type Rule,
  type Snapshot,
} from "../snapshot";
import type { Aspect } from "../../../../components/lessons/checks/check";
import { labelText, mapAt, mapsAt, selects, shown, textAt, textsAt } from "../../../seat/json";
import { ofFaults, ofPolicy, ofTokens, type Relating } from "../relation";
import { isForWorkloads } from "./peer-authentication";

/** The effect of an object of the kind on traffic. PeerAuthentication for single workloads has its own rule. */
const does: Partial<Record<SnapshotKind, (object: KubeObject) => string>> = {
  AuthorizationPolicy: (object) => {
    const action = textAt(object, "spec", "action") ?? "ALLOW";
    if (action === "DENY")
      return `with spec.action DENY it refuses what its rules fit (403 "RBAC: access denied"), before any policy that allows`;
    if (action === "ALLOW")
      return "with it the pods it selects answer what its rules allow, and refuse what no policy allows";
    return `with spec.action ${action} it has a say on every request`;
  },
  PeerAuthentication: (object) => `it sets spec.mtls to ${shown(mapAt(object, "spec", "mtls"))}`,
  RequestAuthentication: () => "it refuses requests whose token it does not know (401)",
  VirtualService: (object) =>
    `it routes requests for ${textsAt(object, "spec", "hosts").join(", ") || "its hosts"}, and of two routes for one host the older one counts`,
  DestinationRule: (object) =>
    `it sets how callers reach ${textAt(object, "spec", "host") ?? "its host"} (${
      Object.keys(mapAt(object, "spec"))
        .filter((key) => key !== "host")
        .join(", ") || "nothing"
    })`,
  Gateway: () => "its servers share the gateway's ports with the lesson's",
  GatewayApiGateway: () => "its listeners share the gateway's ports with the lesson's",
  HTTPRoute: () => "it takes requests that fit it better than the lesson's routes do",
  Sidecar: () => "it says which services the sidecars know: calls to any other one find no route",
  ServiceEntry: (object) => `it gives ${textsAt(object, "spec", "hosts").join(", ") || "its hosts"} other endpoints`,
  WorkloadEntry: (object) =>
    `it adds the address ${textAt(object, "spec", "address") ?? "of its network"} to services that select ${labelText(mapAt(object, "spec", "labels")) || "its labels"}, and a part of their requests goes there`,
  GRPCRoute: () => "it takes gRPC requests that fit it better than the lesson's routes do",
  EnvoyFilter: () => "it rewrites the proxies' own configuration",
  WasmPlugin: () => "it runs a program of its own in the proxies, on every request",
  ProxyConfig: () => "it sets how proxies are started, in pods that are made from now on",
  NetworkPolicy: () => "it filters connections below the mesh, where the cluster's network enforces such policies",
  Telemetry: () => "it changes what the proxies log and report",
};

/** What may prove that an object of the kind is the cause of a failed check, or that it cannot be. */
const relations: Partial<Record<SnapshotKind, (snapshot: Snapshot, object: KubeObject) => Relating>> = {
  AuthorizationPolicy: (_, object) => ofPolicy(object),
  PeerAuthentication: ofMode,
  RequestAuthentication: () => ofTokens,
  VirtualService: (_, object) =>
    mapsAt(object, "spec", "http").some((rule) => rule.fault !== undefined) ? ofFaults : () => "possible",
};

/**
 * A PeerAuthentication of the whole mesh decides only where a lesson's namespace has none. One of the gateway's
 * namespace decides nothing about requests from outside: the Gateways do.
 */
function ofMode(snapshot: Snapshot, policy: KubeObject): Relating {
  const namespace = namespaceOf(policy);
  const hasOwn = (name: string) =>
    snapshot.live.PeerAuthentication.some((one) => namespaceOf(one) === name && !isForWorkloads(one));
  return ({ check: { about } }) => {
    if (namespace === INGRESS_NAMESPACE) return "impossible";
    if (namespace !== ROOT_NAMESPACE) return "possible";
    return [about.namespace, ...(about.beyond ?? [])].every((name) => name !== ROOT_NAMESPACE && hasOwn(name))
      ? "impossible"
      : "possible";
  };
}

/** An Istio object that Pulumi does not know. */
export const foreignObjects: Rule = (snapshot) =>
  (Object.keys(does) as SnapshotKind[]).flatMap((kind) =>
    foreign(snapshot, kind)
      .filter((object) => !(kind === "PeerAuthentication" && isForWorkloads(object)))
      .map((object): RuleFinding => {
        return {
          ...reachOf(snapshot, kind, object),
          ...(relations[kind] && { relation: relations[kind](snapshot, object) }),
          cause: `${ref(kind, object)} exists, and Pulumi did not make it: ${does[kind]!(object)}${selected(object)}.`,
          look: lookAt(kind, object),
          // `refresh` and `up` ignore what is not in the state.
          fix: remove(kind, object),
        };
      }),
  );

/**
 * An object in the mesh's root namespace applies to every lesson. One in the gateway's namespace applies to requests
 * that come in through the gateway.
 */
function reachOf(
  snapshot: Snapshot,
  kind: SnapshotKind,
  object: KubeObject,
): Pick<RuleFinding, "namespace" | "services" | "aspects"> {
  const namespace = namespaceOf(object);
  const services = concerns(snapshot, kind, object);
  const aspects = kind === "Telemetry" ? reported(object) : [];
  if (namespace === ROOT_NAMESPACE) return { services, aspects };
  if (namespace !== INGRESS_NAMESPACE) return { namespace, services, aspects };
  if (kind === "Telemetry") return { services: [], aspects };
  return { services: HOSTED.has(kind) ? services : [], aspects: ["gateway", "route", "split", "certificate"] };
}

/** A Telemetry decides about what is reported, and the checks that read access logs. */
function reported(telemetry: KubeObject): readonly Aspect[] {
  const has = (field: string) => mapsAt(telemetry, "spec", field).length > 0;
  return [
    ...(has("tracing") ? (["tracing"] as const) : []),
    ...(has("metrics") ? (["metrics"] as const) : []),
    ...(has("accessLogging") ? (["logging", "protocol"] as const) : []),
  ];
}

/** Kinds that apply to a host in any namespace. The other kinds apply to pods of their own namespace. */
const HOSTED = new Set<SnapshotKind>(["VirtualService", "DestinationRule", "ServiceEntry"]);

/** A pod that Pulumi did not create receives a Service's traffic. */
export const foreignPods: Rule = (snapshot) =>
  snapshot.made.Service.flatMap((service): RuleFinding[] => {
    const namespace = namespaceOf(service);
    const made = WORKLOADS.flatMap((kind) => inNamespace(snapshot.made[kind], namespace));
    const selector = mapAt(service, "spec", "selector");
    const stray = pods(snapshot, namespace).filter(
      (pod) =>
        selects(selector, labels(pod)) && !made.some((workload) => selects(templateLabels(workload), labels(pod))),
    );
    const [pod] = stray;
    if (pod === undefined || made.length === 0) return [];
    const owners = WORKLOADS.flatMap((kind) =>
      inNamespace(foreign(snapshot, kind), namespace).map((object): [SnapshotKind, KubeObject] => [kind, object]),
    );
    const [kind, owner] =
      owners.find(([, workload]) => selects(templateLabels(workload), labels(pod))) ?? (["Pod", pod] as const);
    return [
      {
        namespace,
        services: concerns(snapshot, "Service", service),
        aspects: [],
        cause: `${ref(kind, owner)} exists, and Pulumi did not make it: its labels fit ${ref("Service", service)} (${labelText(selector)}), so it gets a part of that service's requests.`,
        look: lookAt(kind, owner),
        fix: remove(kind, owner),
      },
    ];
  });

function selected(object: KubeObject): string {
  const selector = mapAt(object, "spec", "selector", "matchLabels");
  return Object.keys(selector).length === 0 ? "" : ` (for pods with ${labelText(selector)})`;
}
