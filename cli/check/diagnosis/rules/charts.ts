import type { KubeObject } from "../../../../kube";
import { byWhom, type Difference, differences, type Entry, fieldsByHand, groupOf, makerOf } from "../../../inventory";
import { mapAt, shown, textAt } from "../../../seat/json";
import { hasSidecar, INJECT } from "../../../seat/sidecar";
import type { Aspect } from "../../../../components/lessons/checks/check";
import { concerns } from "../concerns";
import { firstOf, kubectl, nameOf, placeOfPod, pods, ref } from "../objects";
import { ofCertificates, ofNames } from "../relation";
import { isOfDns } from "./dns";
import {
  type RuleFinding,
  INGRESS_NAMESPACE,
  type SnapshotKind,
  kinds,
  ROOT_NAMESPACE,
  type Rule,
  type Snapshot,
} from "../snapshot";

const ofMesh = { services: [], aspects: [] } as const;

/** The mesh's own namespace is gone, and the control plane with it. */
export const controlPlane: Rule = (snapshot) => {
  const gone = [ROOT_NAMESPACE, INGRESS_NAMESPACE].filter(
    (name) =>
      snapshot.made.Namespace.some((made) => nameOf(made) === name) &&
      !snapshot.live.Namespace.some(
        (live) => nameOf(live) === name && textAt(live, "metadata", "deletionTimestamp") === undefined,
      ),
  );
  return gone.map((name) => ({
    ...ofMesh,
    first: true,
    cause:
      name === ROOT_NAMESPACE
        ? `Namespace ${name}, which Pulumi made, no longer exists, and the control plane is gone with it: istiod, its settings, and the key that it signs identities with. The proxies keep what they have; new pods get no sidecar, and no change reaches a proxy.`
        : `Namespace ${name}, which Pulumi made, no longer exists, and the gateway is gone with it: no request gets in from outside.`,
    look: kubectl("get namespaces"),
    fix: snapshot.repairCommand,
  }));
};

/** A kind of Istio's is gone, and with it every object of it. */
export const kindsThere: Rule = (snapshot) => {
  const kinds = ofCharts(snapshot).filter(
    ({ made, live }) => made.kind === "CustomResourceDefinition" && live === undefined,
  );
  return kinds.map((entry) => {
    const kind = textAt(entry.made, "spec", "names", "kind") ?? "?";
    const group = textAt(entry.made, "spec", "group");
    const lost = (snapshot.inventory?.entries ?? []).filter(
      ({ made, owner }) => owner.by === "pulumi" && made.kind === kind && groupOf(made) === group,
    );
    const names = lost.map(({ made }) => `${made.metadata.namespace}/${made.metadata.name}`);
    const places = lost.map(({ made }) => ({
      namespace: made.metadata.namespace ?? ROOT_NAMESPACE,
      services: servicesOf(snapshot, kind, made),
    }));
    return {
      services: [],
      aspects: breaks[kind] ?? [],
      // What is in the mesh's own namespace has its effect everywhere.
      ...(places.length > 0 && places.every(({ namespace }) => namespace !== ROOT_NAMESPACE) && { places }),
      first: lost.length > 0,
      generic: lost.length === 0,
      cause: `CustomResourceDefinition ${entry.made.metadata.name}, which ${makerOf(entry)} made, no longer exists: the cluster has no kind ${kind}. ${names.length === 0 ? "All its objects are gone; Pulumi had made none" : `These objects are gone with it: ${names.join(", ")}`}.`,
      look: kubectl("get crd"),
      fix: snapshot.repairCommand,
    };
  });
};

/** What the objects of a kind of Istio's decide, the surest first. */
const breaks: Readonly<Record<string, readonly Aspect[]>> = {
  VirtualService: ["route", "split", "gateway", "policy", "certificate"],
  Gateway: ["gateway", "route", "split", "certificate"],
  DestinationRule: ["split", "route", "policy", "mtls"],
  PeerAuthentication: ["mtls"],
  AuthorizationPolicy: ["authorization"],
  Telemetry: ["tracing", "metrics", "logging"],
  HTTPRoute: ["route", "split", "gateway", "policy", "certificate"],
};

/** The services of an object whose kind the cluster no longer has. */
function servicesOf(snapshot: Snapshot, name: string, object: KubeObject): string[] {
  const kind = (Object.keys(kinds) as SnapshotKind[]).find(
    (one) => kinds[one].kind === name && one !== "GatewayApiGateway",
  );
  return kind === undefined ? [] : concerns(snapshot, kind, object);
}

/** What the mesh loses with an object of its charts. */
const without: Readonly<Record<string, string>> = {
  MutatingWebhookConfiguration: "pods made now get no sidecar",
  ValidatingWebhookConfiguration: "nothing rejects mistakes in routes and policies",
  "Deployment istiod": "no proxy gets its settings, and new pods no sidecar",
  "Service istiod": "the proxies and the API server do not find istiod: new pods get no sidecar or none at all",
  "ConfigMap istio": "istiod has lost the mesh's settings",
  "ConfigMap istio-sidecar-injector": "istiod cannot add a sidecar to a pod",
  "Deployment coredns": "names in the cluster do not resolve, so no app finds another",
  "Service kube-dns": "names in the cluster do not resolve, so no app finds another",
  "ConfigMap coredns": "the DNS server has no settings and does not start again",
  "ServiceAccount coredns": "the DNS server does not start again",
  "ClusterRole system:coredns": "the DNS server may not read the cluster's Services, so no app finds another",
  "ClusterRoleBinding system:coredns": "the DNS server may not read the cluster's Services, so no app finds another",
  "Deployment storage-provisioner": "claims wait for a volume",
  "StorageClass standard": "a claim without a class waits for ever",
  "ServiceAccount istiod": "istiod may no longer ask the API server",
  ClusterRole: "its account may not read what it needs",
  ClusterRoleBinding: "its account may not read what it needs",
  Role: "its account may not read what it needs",
  RoleBinding: "its account may not read what it needs",
  Deployment: "none of its pods run",
};
/** What the mesh works without. */
const spare = new Set(["PodDisruptionBudget", "HorizontalPodAutoscaler", "NetworkPolicy"]);

/** An object that a chart made is gone. */
export const chartObjectsMissing: Rule = (snapshot) => {
  // The namespace's own finding covers what went with it.
  const there = new Set(snapshot.live.Namespace.map(nameOf));
  return ofCharts(snapshot)
    .filter(
      ({ owner, made, live }) =>
        live === undefined &&
        made.kind !== "CustomResourceDefinition" &&
        (owner.by === "cluster" || made.metadata.namespace === undefined || there.has(made.metadata.namespace)),
    )
    .map((entry) => {
      const { made } = entry;
      const then = without[`${made.kind} ${made.metadata.name}`] ?? without[made.kind];
      return {
        ...reachOf(snapshot, entry),
        generic: spare.has(made.kind),
        cause: `${titleOf(entry)}, which ${makerOf(entry)} made, no longer exists${then === undefined ? "" : `: ${then}`}.${bare(snapshot, entry)}`,
        look: look(entry),
        fix: snapshot.repairCommand,
      };
    });
};

/** An object that a chart made is not as it was made. */
export const chartObjectsChanged: Rule = (snapshot) =>
  ofCharts(snapshot).flatMap((entry): RuleFinding[] => {
    const { made, live } = entry;
    if (live === undefined) return [];
    // `scaled` tells of a workload that somebody gave fewer pods.
    const isScaled = ({ path, is, was }: Difference) =>
      entry.owner.by === "chart" && path === "spec.replicas" && Number(is) < Number(was);
    const found = differences(made.kind, live, made).filter((one) => !isScaled(one));
    const added = fieldsByHand(live, made).filter(({ path }) => !found.some((other) => path.startsWith(other.path)));
    const paths = [...found, ...added].map(({ path }) => path);
    if (paths.length === 0) return [];
    const texts = [
      ...found.map(
        ({ path, is, was }) =>
          `${path} is ${is === undefined ? "gone" : shown(is)}, made ${was === undefined ? "without it" : `as ${shown(was)}`}`,
      ),
      ...added.map(({ path, value }) => `${path} is ${shown(value)}, made without it`),
    ];
    return [
      {
        ...reachOf(snapshot, entry),
        generic: spare.has(made.kind) || paths.every((path) => /^metadata\./.test(path)),
        cause: `${titleOf(entry)} is not as ${makerOf(entry)} made it: ${firstOf(texts, 3)}${byWhom(live, paths)}.${bare(snapshot, entry)}`,
        look: look(entry),
        fix: snapshot.repairCommand,
      },
    ];
  });

/** Helm's record of a release is gone, or is of a revision that Pulumi did not make. */
export const releases: Rule = (snapshot) =>
  (snapshot.inventory?.releases ?? []).flatMap(({ name, namespace, record, said }): RuleFinding[] =>
    (record === "gone" || record === "other") && snapshot.live.Namespace.some((live) => nameOf(live) === namespace)
      ? [
          {
            ...ofMesh,
            cause: `Release ${namespace}/${name} is not as Pulumi made it: ${said}.`,
            look: kubectl("get secrets", `-n ${namespace}`, `-l owner=helm,name=${name}`),
            fix: snapshot.repairCommand,
          },
        ]
      : [],
  );

/** What proxies break that refuse each other. Their pods stay ready. */
const refusing = ["mtls", "identity", "route", "split", "gateway", "protocol", "authorization", "policy"] as const;

/** Proxies hold another root certificate than the one that istiod signs with. */
export const roots: Rule = ({ oldRoots, repairCommand }) => {
  if (oldRoots === undefined) return [];
  const names = oldRoots.pods.map((pod) => ref("Pod", pod).slice("Pod ".length));
  return [
    {
      services: [],
      aspects: refusing,
      first: true,
      relation: ofCertificates,
      places: oldRoots.pods.map(placeOfPod),
      cause: `istiod signs with a root certificate that it created at ${oldRoots.since.replace("T", " ").replace(/:\d\d\.\d+Z$/, " UTC")}, and these pods' proxies hold another one: ${names.join(", ")}. The two sides refuse each other until the pods are recreated.`,
      look: kubectl("get configmap istio-ca-root-cert -n istio-system -o yaml"),
      fix: repairCommand,
    },
  ];
};

/** What a pod without its sidecar breaks, the surest first. */
const sidecarless = [
  "sidecar",
  "pods",
  "identity",
  "mtls",
  "authorization",
  "protocol",
  "route",
  "split",
  "policy",
] as const;

/** What an object of a chart decides. The webhook that adds sidecars decides about the pods that have none. */
function reachOf(
  snapshot: Snapshot,
  entry: Entry,
): Pick<RuleFinding, "services" | "aspects" | "first" | "places" | "relation"> {
  const bare = bareIn(snapshot, entry);
  if (bare.length > 0) return { services: [], aspects: sidecarless, first: true, places: bare.map(placeOfPod) };
  if (entry.owner.by === "cluster")
    return isOfDns(entry)
      ? { services: [], aspects: [], first: true, relation: ofNames }
      : { services: [], aspects: ["storage"] };
  // The gateway's own objects serve what comes in from outside.
  if (entry.made.metadata.namespace === INGRESS_NAMESPACE)
    return { services: [], aspects: ["gateway", "route", "split", "certificate", "protocol"] };
  return ofMesh;
}

function ofCharts({ inventory }: Snapshot): Entry[] {
  return (inventory?.entries ?? []).filter(({ owner, unknown }) => owner.by !== "pulumi" && unknown === undefined);
}

function titleOf({ made }: Entry): string {
  const { namespace, name } = made.metadata;
  return `${made.kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

function look({ made }: Entry): string {
  const { namespace, name } = made.metadata;
  return kubectl("get", made.kind.toLowerCase(), name, namespace && `-n ${namespace}`, "-o yaml");
}

/** The pods of lessons that were made while the webhook added no sidecar. */
function bareIn(snapshot: Snapshot, { made }: Entry): KubeObject[] {
  if (made.kind !== "MutatingWebhookConfiguration") return [];
  const injected = new Set(
    snapshot.made.Namespace.filter(
      (namespace) => mapAt(namespace, "metadata", "labels")["istio-injection"] === "enabled",
    ).map(nameOf),
  );
  return snapshot.namespaces
    .filter((name) => injected.has(name))
    .flatMap((name) => pods(snapshot, name))
    .filter((pod) => !hasSidecar(pod) && mapAt(pod, "metadata", "labels")[INJECT] !== "false");
}

function bare(snapshot: Snapshot, entry: Entry): string {
  if (entry.made.kind !== "MutatingWebhookConfiguration") return "";
  const found = bareIn(snapshot, entry);
  return found.length === 0
    ? " Existing pods keep theirs."
    : ` Pods without one: ${found.map((pod) => ref("Pod", pod).slice("Pod ".length)).join(", ")}.`;
}
