import type { KubeObject } from "../../../../kube";
import { byWhom, differences, type Entry, fieldsByHand, isHand } from "../../../inventory";
import { isReady } from "../../../seat/live-seat";
import { at, mapAt, mapsAt, selects, textAt } from "../../../seat/json";
import { kubectl, labels, nameOf, namespaceOf, ref, remove, templateLabels } from "../objects";
import { ofNames, ofNamesAlone } from "../relation";
import type { RuleFinding, SnapshotKind, Rule, Snapshot } from "../snapshot";

const SYSTEM = "kube-system";
const NO_NAMES = "names in the cluster do not resolve, so no app finds another";

/** The cluster's DNS: its server has no ready pod, or no Service leads to it. */
export const dns: Rule = (snapshot) => {
  // The finding of the seat's own object says it, and a repair heals it.
  if (ownDns(snapshot).some(isChanged)) return [];
  const services = servicesOf(snapshot);
  return [
    ...serversOf(snapshot).flatMap(({ kind, object }) => [
      ...withoutPods(snapshot, kind, object),
      ...withoutService(services, kind, object),
    ]),
  ];
};

/** Looks for what is right on some clusters. It is a cause only where names were seen not to resolve. */
export const suspectedDns: Rule = (snapshot) => {
  if (ownDns(snapshot).some(isChanged)) return [];
  const servers = serversOf(snapshot);
  return servers.length === 0
    ? withoutServer(snapshot)
    : servers.flatMap(({ object }) => [...bySettings(snapshot, object), ...byPolicy(snapshot, object)]);
};

function serversOf(snapshot: Snapshot): { kind: "Deployment" | "DaemonSet"; object: KubeObject }[] {
  return (["Deployment", "DaemonSet"] as const).flatMap((kind) =>
    ofSystem(snapshot, kind)
      .filter(isDns)
      .map((object) => ({ kind, object })),
  );
}

function servicesOf(snapshot: Snapshot): KubeObject[] {
  return ofSystem(snapshot, "Service").filter((one) => isDns(one) || nameOf(one) === "kube-dns");
}

function isDns(object: KubeObject): boolean {
  return labels(object)["k8s-app"] === "kube-dns";
}

function ofSystem(snapshot: Snapshot, kind: SnapshotKind): readonly KubeObject[] {
  return (snapshot.outside?.[kind] ?? []).filter((one) => namespaceOf(one) === SYSTEM);
}

/** Whether the object is one that names in the cluster depend on. */
export function isOfDns({ made: { metadata } }: Pick<Entry, "made">): boolean {
  return /(^|:)(coredns|kube-dns)$/.test(metadata.name);
}

function ownDns({ inventory }: Snapshot): Entry[] {
  return (inventory?.entries ?? []).filter((entry) => entry.owner.by === "cluster" && isOfDns(entry));
}

function isChanged({ made, live, unknown }: Entry): boolean {
  if (unknown !== undefined) return false;
  return live === undefined || differences(made.kind, live, made).length + fieldsByHand(live, made).length > 0;
}

const ofDns = { services: [], aspects: [], first: true, relation: ofNames } as const;
const ofDnsAlone = { services: [], aspects: [], generic: true, relation: ofNamesAlone } as const;

function withoutPods(snapshot: Snapshot, kind: "Deployment" | "DaemonSet", server: KubeObject): RuleFinding[] {
  const selector = mapAt(server, "spec", "selector", "matchLabels");
  if (ofSystem(snapshot, "Pod").some((pod) => selects(selector, labels(pod)) && isReady(pod))) return [];
  const replicas = at(server, "spec", "replicas");
  return [
    {
      ...ofDns,
      cause: `${ref(kind, server)} ${replicas === 0 ? `has spec.replicas 0${byWhom(server, ["spec.replicas"])}` : "has no ready pod"}: ${NO_NAMES}.`,
      look: kubectl("get pods -n kube-system -l k8s-app=kube-dns"),
      fix:
        replicas === 0
          ? kubectl("scale deployment", nameOf(server), "-n kube-system --replicas=1")
          : kubectl(`rollout restart ${kind.toLowerCase()}/${nameOf(server)} -n kube-system`),
    },
  ];
}

/** The pods ask an address that they were made with, and it is the Service's. */
function withoutService(
  services: readonly KubeObject[],
  kind: "Deployment" | "DaemonSet",
  server: KubeObject,
): RuleFinding[] {
  if (services.some((one) => selects(mapAt(one, "spec", "selector"), templateLabels(server)))) return [];
  const [other] = services;
  return [
    {
      ...ofDns,
      cause: `No Service of namespace ${SYSTEM} leads to the pods of ${ref(kind, server)}${other === undefined ? "" : `: ${ref("Service", other)} selects others`}, so that ${NO_NAMES}.`,
      look: kubectl("get services,endpointslices -n kube-system"),
      fix: "Apply the DNS Service of the cluster's distribution again, with the address that pods have in /etc/resolv.conf.",
    },
  ];
}

/** Distributions have other names for it, or no pod at all. */
function withoutServer(snapshot: Snapshot): RuleFinding[] {
  const services = servicesOf(snapshot);
  const isServed = ofSystem(snapshot, "EndpointSlice").some(
    (slice) =>
      services.some((one) => labels(slice)["kubernetes.io/service-name"] === nameOf(one)) &&
      mapsAt(slice, "endpoints").length > 0,
  );
  if (isServed) return [];
  return [
    {
      ...ofDnsAlone,
      cause: `Namespace ${SYSTEM} has no DNS server with the label k8s-app=kube-dns, and names in the cluster were seen not to resolve.`,
      look: kubectl("get deployments,daemonsets,services -n kube-system"),
      fix: "Install the DNS of the cluster's distribution again; kubeadm has `kubeadm init phase addon coredns`.",
    },
  ];
}

/** Somebody wrote the settings that the server reads. Some distributions do so themselves. */
function bySettings(snapshot: Snapshot, server: KubeObject): RuleFinding[] {
  const read = mapsAt(server, "spec", "template", "spec", "volumes").flatMap(
    (volume) => textAt(volume, "configMap", "name") ?? [],
  );
  return ofSystem(snapshot, "ConfigMap")
    .filter((one) => read.includes(nameOf(one)) && mapsAt(one, "metadata", "managedFields").some(isHand))
    .map((settings) => ({
      ...ofDnsAlone,
      cause: `${ref("ConfigMap", settings)}, which the DNS server reads, was written by hand${byWhom(
        settings,
        Object.keys(mapAt(settings, "data")).map((key) => `data["${key}"]`),
      )}, and names in the cluster were seen not to resolve.`,
      look: kubectl("get configmap", nameOf(settings), "-n kube-system -o yaml"),
      fix: "Take back that change. The server reads it within two minutes.",
    }));
}

/** A policy filters what reaches the server. */
function byPolicy(snapshot: Snapshot, server: KubeObject): RuleFinding[] {
  return ofSystem(snapshot, "NetworkPolicy")
    .filter((policy) => {
      const selector = mapAt(policy, "spec", "podSelector", "matchLabels");
      return Object.keys(selector).length === 0 || selects(selector, templateLabels(server));
    })
    .filter((policy) => mapsAt(policy, "metadata", "managedFields").some(isHand))
    .map((policy) => ({
      ...ofDnsAlone,
      cause: `${ref("NetworkPolicy", policy)} exists, and Pulumi did not make it: it filters what reaches the cluster's DNS server, and names were seen not to resolve.`,
      look: kubectl("get networkpolicy", nameOf(policy), "-n kube-system -o yaml"),
      fix: remove("NetworkPolicy", policy),
    }));
}

/** A program that every node needs runs on none: kube-proxy, or the cluster's network. */
export const daemons: Rule = (snapshot) =>
  ofSystem(snapshot, "DaemonSet").flatMap((daemon): RuleFinding[] => {
    const { desiredNumberScheduled: wanted = 0, numberReady: ready = 0 } = (daemon.status ?? {}) as Record<
      string,
      number
    >;
    if (wanted === 0 || ready > 0 || isDns(daemon)) return [];
    const does = nameOf(daemon) === "kube-proxy" ? ": new Services and endpoints lead nowhere" : "";
    return [
      {
        services: [],
        aspects: [],
        relation: ofNames,
        cause: `${ref("DaemonSet", daemon)} has a ready pod on none of ${wanted} nodes${does}.`,
        look: kubectl("describe daemonset", nameOf(daemon), "-n kube-system"),
        fix: kubectl(`rollout restart daemonset/${nameOf(daemon)} -n kube-system`),
      },
    ];
  });
