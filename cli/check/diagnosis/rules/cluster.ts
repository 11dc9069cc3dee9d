import { byWhom, type Inventory } from "../../../inventory";
import type { KubeObject } from "../../../../kube";
import { isMap } from "../../../../base/values";
import { at, mapAt, mapsAt, textAt } from "../../../seat/json";
import { kubectl, nameOf, namespaceOf, placeOfPod, ref, remove, WORKLOADS } from "../objects";
import { concerns } from "../concerns";
import type { RuleFinding, Rule, Snapshot } from "../snapshot";

/** Taints by which a node takes no new pods. https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
const CLOSED = new Set(["NoSchedule", "NoExecute"]);

/** Nodes that are gone, do not report, or take no pods. The last is told where pods wait for one. */
export const nodes: Rule = (snapshot) => [...lostNodes(snapshot), ...silentNodes(snapshot), ...closedNodes(snapshot)];

/** Somebody has deleted a node: its kubelet registers it only when it starts. */
function lostNodes(snapshot: Snapshot): RuleFinding[] {
  const there = new Set(snapshot.live.Node.map(nameOf));
  const all = [...snapshot.live.Pod, ...(snapshot.outside?.Pod ?? [])];
  const names = [...new Set(all.flatMap((pod) => textAt(pod, "spec", "nodeName") ?? []))].filter(
    (name) => !there.has(name),
  );
  // The scheduler's own words. What has only no room waits for another reason.
  const isNone = waitingPods(snapshot).some((pod) =>
    mapsAt(pod, "status", "conditions").some(({ message }) => /no nodes available to schedule/.test(String(message))),
  );
  if (names.length === 0 && (there.size > 0 || !isNone)) return [];
  const what =
    there.size === 0
      ? `The cluster has no node${names.length > 0 ? `: ${names.join(", ")}, on which its pods ran, was deleted` : ""}`
      : `Node ${names.join(", ")}, on which pods ran, was deleted`;
  return [
    {
      services: [],
      aspects: [],
      first: there.size === 0,
      ...(there.size > 0 && {
        places: snapshot.live.Pod.filter((pod) => names.includes(textAt(pod, "spec", "nodeName") ?? "")).map(
          placeOfPod,
        ),
      }),
      cause: `${what}. Its pods are removed, and new ones wait for a node. A kubelet registers its node only when it starts.`,
      look: kubectl("get nodes"),
      fix: snapshot.restartCommand ?? "Restart the kubelet of that machine, or add another node.",
    },
  ];
}

/** A node's kubelet does not report, or reports that it cannot run pods. */
function silentNodes(snapshot: Snapshot): RuleFinding[] {
  const unready = snapshot.live.Node.flatMap((node) => {
    const ready = mapsAt(node, "status", "conditions").find(({ type }) => type === "Ready");
    return ready === undefined || ready.status === "True"
      ? []
      : [{ node, said: String(ready.message ?? ready.reason) }];
  });
  return unready.map(({ node, said }) => ({
    services: [],
    aspects: [],
    first: unready.length === snapshot.live.Node.length,
    ...(unready.length < snapshot.live.Node.length && {
      places: snapshot.live.Pod.filter((pod) => textAt(pod, "spec", "nodeName") === nameOf(node)).map(placeOfPod),
    }),
    cause: `${ref("Node", node)} is not ready: ${said}. Its pods get no requests, and new ones no place.`,
    look: kubectl("describe node", nameOf(node)),
    fix: snapshot.restartCommand ?? "Fix what the node reports, or restart the kubelet of that machine.",
  }));
}

function waitingPods(snapshot: Snapshot): KubeObject[] {
  return snapshot.live.Pod.filter((pod) =>
    mapsAt(pod, "status", "conditions").some(({ type, status }) => type === "PodScheduled" && status === "False"),
  );
}

/** No node takes pods. Told where pods wait for one. */
function closedNodes(snapshot: Snapshot): RuleFinding[] {
  const all = snapshot.live.Node;
  const closed = all.filter((node) => whyClosed(node) !== undefined);
  const waiting = waitingPods(snapshot);
  if (all.length === 0 || closed.length < all.length || waiting.length === 0) return [];
  const [first] = closed as [KubeObject];
  const { why, fix } = whyClosed(first)!;
  return [
    {
      services: [],
      aspects: [],
      first: true,
      places: waiting.map(placeOfPod),
      cause: `No node takes new pods: node ${nameOf(first)} ${why}${byWhom(first, ["spec.unschedulable", "spec.taints"])}. ${waiting.map((pod) => ref("Pod", pod)).join(", ")} waits for one.`,
      look: kubectl("describe node", nameOf(first)),
      fix,
    },
  ];
}

/** All that closes the node, with the commands that open it. Kubernetes removes its own taints when their cause ends. */
function whyClosed(node: KubeObject): { why: string; fix: string } | undefined {
  const taints = mapsAt(node, "spec", "taints").filter(
    ({ effect, key }) => CLOSED.has(String(effect)) && !String(key).startsWith("node.kubernetes.io/"),
  );
  const isCordoned = at(node, "spec", "unschedulable") === true;
  if (!isCordoned && taints.length === 0) return undefined;
  const shownTaints = taints.map(({ key, value, effect }) => {
    const said = typeof value === "string" && value !== "" ? `=${value}` : "";
    return `has the taint ${String(key)}${said}:${String(effect)}`;
  });
  return {
    why: [...(isCordoned ? ["is cordoned (spec.unschedulable)"] : []), ...shownTaints].join(" and "),
    fix: [
      ...(isCordoned ? [kubectl("uncordon", nameOf(node))] : []),
      ...(taints.length > 0
        ? [
            kubectl(
              "taint nodes",
              nameOf(node),
              ...taints.map(({ key, effect }) => `${String(key)}:${String(effect)}-`),
            ),
          ]
        : []),
    ].join(" && "),
  };
}

/** What refuses pods, in the API server's own words, and the command that takes it away. */
const refusals: readonly {
  readonly says: RegExp;
  /** Undefined where nothing was found that could be taken away. */
  readonly finds: (
    match: RegExpExecArray,
    namespace: string,
    snapshot: Snapshot,
  ) => { what: string; fix: string } | undefined;
}[] = [
  {
    says: /violates PodSecurity "([\w-]+):/,
    finds: ([, level], namespace, snapshot) => {
      const live = snapshot.live.Namespace.find((one) => nameOf(one) === namespace);
      const label = "pod-security.kubernetes.io/enforce";
      return {
        what: `namespace ${namespace} has the label ${label}=${level}${live === undefined ? "" : byWhom(live, [`metadata.labels["${label}"]`])}, and a sidecar needs more than that`,
        fix: kubectl("label namespace", namespace, `${label}-`),
      };
    },
  },
  {
    says: /(?:exceeded quota: |failed quota: )([\w.-]+)/,
    finds: ([, quota = ""], namespace, snapshot) => ({
      what: `ResourceQuota ${namespace}/${quota} allows no more${whoMade(snapshot.live.ResourceQuota, namespace, quota)}`,
      fix: kubectl("delete resourcequota", quota, `-n ${namespace}`),
    }),
  },
  {
    says: /(?:minimum|maximum) .+ per (?:Container|Pod) is/,
    finds: (_, namespace, snapshot) => {
      const range = snapshot.live.LimitRange.find((one) => namespaceOf(one) === namespace);
      if (range === undefined) return undefined;
      const name = nameOf(range);
      return {
        what: `LimitRange ${namespace}/${name} sets bounds that the pods do not keep`,
        fix: kubectl("delete limitrange", name, `-n ${namespace}`),
      };
    },
  },
  {
    says: /ValidatingAdmissionPolicy '([^']+)' with binding '([^']+)' denied/,
    finds: ([, policy = "", binding = ""]) => ({
      what: `ValidatingAdmissionPolicy ${policy} refuses them`,
      fix: kubectl("delete validatingadmissionpolicybinding", binding),
    }),
  },
  {
    says: /(?:failed calling webhook|admission webhook) "([^"]+)"/,
    finds: ([, webhook = ""], _, snapshot) => {
      const kind = (["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"] as const).find((one) =>
        snapshot.live[one].some((config) => hasWebhook(config, webhook)),
      );
      const config = kind && snapshot.live[kind].find((one) => hasWebhook(one, webhook));
      const { inventory } = snapshot;
      if (kind === undefined || config === undefined || inventory === undefined || isSeats(inventory, kind, config))
        return { what: `webhook ${webhook} refuses them or does not answer`, fix: snapshot.repairCommand };
      return { what: `${ref(kind, config)} asks webhook ${webhook} first`, fix: remove(kind, config) };
    },
  },
];

function hasWebhook(config: KubeObject, webhook: string): boolean {
  return mapsAt(config, "webhooks").some(({ name }) => name === webhook);
}

function whoMade(all: readonly KubeObject[], namespace: string, name: string): string {
  const found = all.find((one) => namespaceOf(one) === namespace && nameOf(one) === name);
  return found === undefined ? "" : byWhom(found, ["spec.hard"]);
}

/** The API server refuses a workload's pods. */
export const refusedPods: Rule = (snapshot) =>
  WORKLOADS.flatMap((kind) =>
    snapshot.live[kind].flatMap((workload): RuleFinding[] => {
      const said = refusalOf(snapshot, kind, workload);
      const namespace = namespaceOf(workload);
      if (said === undefined || namespace === undefined) return [];
      const found = refusals.flatMap(({ says, finds }) => {
        const match = says.exec(said);
        return match === null ? [] : (finds(match, namespace, snapshot) ?? []);
      })[0];
      if (found === undefined) return [];
      const isMesh = !snapshot.namespaces.includes(namespace);
      return [
        {
          ...(!isMesh && { namespace }),
          services: isMesh ? [] : concerns(snapshot, kind, workload),
          aspects: [],
          cause: `${ref(kind, workload)} gets no pod: ${found.what}. The API server says: ${said.slice(0, 300)}`,
          look: kubectl("get events", `-n ${namespace}`, "--field-selector reason=FailedCreate"),
          // The pods are tried again ever more rarely. A repair makes them at once.
          fix:
            found.fix === snapshot.repairCommand ? snapshot.repairCommand : `${found.fix} && ${snapshot.repairCommand}`,
        },
      ];
    }),
  );

/** The API server's refusal of a workload's pods. A StatefulSet has it in its events alone. */
export function refusalOf(
  snapshot: Snapshot,
  kind: (typeof WORKLOADS)[number],
  workload: KubeObject,
): string | undefined {
  if (kind === "Deployment") {
    const failure = mapsAt(workload, "status", "conditions").find(
      ({ type, status }) => type === "ReplicaFailure" && status === "True",
    );
    return textAt(failure, "message");
  }
  const { readyReplicas = 0, replicas = 0 } = (workload.status ?? {}) as Record<string, number>;
  if (replicas > readyReplicas || Number(at(workload, "spec", "replicas") ?? 1) === readyReplicas) return undefined;
  const events = snapshot.live.Event.filter(
    (event) =>
      event.reason === "FailedCreate" &&
      textAt(event, "involvedObject", "kind") === kind &&
      textAt(event, "involvedObject", "name") === nameOf(workload) &&
      textAt(event, "involvedObject", "namespace") === namespaceOf(workload),
  );
  return textAt(events.at(-1), "message");
}

/** Somebody's autoscaler sets the replicas of a workload that Pulumi made. */
export const autoscaled: Rule = (snapshot) =>
  snapshot.live.HorizontalPodAutoscaler.flatMap((scaler): RuleFinding[] => {
    const kind = WORKLOADS.find((one) => one === textAt(scaler, "spec", "scaleTargetRef", "kind"));
    const name = textAt(scaler, "spec", "scaleTargetRef", "name");
    const namespace = namespaceOf(scaler);
    const isOurs = snapshot.inventory?.entries.some(
      ({ made }) =>
        made.kind === "HorizontalPodAutoscaler" &&
        made.metadata.name === nameOf(scaler) &&
        made.metadata.namespace === namespace,
    );
    if (kind === undefined || isOurs) return [];
    const isTarget = (one: KubeObject) => nameOf(one) === name && namespaceOf(one) === namespace;
    const [live, made] = [snapshot.live[kind].find(isTarget), snapshot.made[kind].find(isTarget)];
    if (live === undefined || made === undefined) return [];
    return [
      {
        namespace,
        services: concerns(snapshot, kind, live),
        aspects: ["pods", "split", "route", "storage"],
        cause: `${ref("HorizontalPodAutoscaler", scaler)} exists, and Pulumi did not make it: it sets spec.replicas of ${ref(kind, live)}, which is ${String(at(live, "spec", "replicas"))} and was made as ${String(at(made, "spec", "replicas") ?? 1)}, and would undo each correction.`,
        look: kubectl("get horizontalpodautoscaler", nameOf(scaler), `-n ${namespace}`),
        fix: `${remove("HorizontalPodAutoscaler", scaler)} && ${snapshot.repairCommand}`,
      },
    ];
  });

/** Whether the value is a webhook whose Service does not exist. */
export function isAbsentService(snapshot: Snapshot, service: unknown): boolean {
  if (!isMap(service)) return false;
  const all = [...snapshot.live.Service, ...(snapshot.outside?.Service ?? [])];
  return !all.some((one) => nameOf(one) === service.name && namespaceOf(one) === service.namespace);
}

/** Whether a chart of the seat made the object. Where Helm has lost its record, its annotations still say so. */
function isSeats({ entries, releases }: Inventory, kind: string, object: KubeObject): boolean {
  const annotations = mapAt(object, "metadata", "annotations");
  return (
    entries.some(({ made }) => made.kind === kind && made.metadata.name === object.metadata.name) ||
    releases.some(
      ({ name, namespace }) =>
        annotations["meta.helm.sh/release-name"] === name &&
        annotations["meta.helm.sh/release-namespace"] === namespace,
    )
  );
}

/** A foreign webhook makes the API server refuse requests, because no server answers for it. */
export const deadWebhooks: Rule = (snapshot) =>
  (["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"] as const).flatMap((kind) =>
    snapshot.live[kind]
      .filter((config) => snapshot.inventory !== undefined && !isSeats(snapshot.inventory, kind, config))
      .flatMap((config): RuleFinding[] => {
        const dead = mapsAt(config, "webhooks").find(
          (webhook) =>
            webhook.failurePolicy !== "Ignore" && isAbsentService(snapshot, at(webhook, "clientConfig", "service")),
        );
        if (dead === undefined) return [];
        return [
          {
            services: [],
            aspects: [],
            cause: `${ref(kind, config)} exists, and neither Pulumi nor a chart made it: its webhook ${String(dead.name)} calls a Service that does not exist, and with failurePolicy Fail the API server refuses the objects that it is for.`,
            look: kubectl("get", kind.toLowerCase(), nameOf(config), "-o yaml"),
            fix: `${remove(kind, config)} && ${snapshot.repairCommand}`,
          },
        ];
      }),
  );
