import type { KubeObject } from "../../../../kube";
import { kubectl, nameOf, namespaceOf, ref, type Pair, pairs, podsOf, WORKLOADS } from "../objects";
import { concerns } from "../concerns";
import {
  type RuleFinding,
  INGRESS_NAMESPACE,
  ROOT_NAMESPACE,
  type Rule,
  type Snapshot,
  resourceName,
  type SnapshotKind,
} from "../snapshot";
import { at, mapsAt, shown, textAt } from "../../../seat/json";

/** A Deployment runs no pods, or fewer than the original. */
export const scaled: Rule = (snapshot) =>
  workloads(snapshot).flatMap(({ kind, live, made }) => {
    const is = at(live, "spec", "replicas");
    const was = at(made, "spec", "replicas") ?? 1;
    if (typeof is !== "number" || typeof was !== "number" || is >= was) return [];
    const none =
      is === 0
        ? `No pod runs: ${namespaceOf(live) === ROOT_NAMESPACE ? "nothing answers in its place" : "whoever calls it gets 503 (flag UH)"}.`
        : "";
    return [
      {
        ...where(snapshot, kind, live, made !== undefined),
        cause:
          `${ref(kind, live)} has spec.replicas ${is}, ${made ? `Pulumi made it ${was}` : "its chart asks for one"}. ${none}`.trim(),
        look: kubectl("get", resourceName(kind), nameOf(live), `-n ${namespaceOf(live) ?? ""}`),
        fix: snapshot.repairCommand,
      },
    ];
  });

/** A Deployment's pods exist but are not ready; the pod says why. */
export const notReady: Rule = (snapshot) =>
  workloads(snapshot).flatMap(({ kind, live, made }) => {
    const wanted = at(live, "spec", "replicas") ?? 1;
    if (wanted === 0) return [];
    const all = podsOf(snapshot, live);
    const bad = all.map((pod) => ({ pod, why: trouble(pod) })).find(({ why }) => why !== undefined);
    // `refusedPods` knows what refuses them.
    const why = bad?.why ?? (all.length === 0 ? refusal(live) : undefined);
    if (why === undefined) return [];
    const what = bad ? `Pod ${namespaceOf(live) ?? ""}/${nameOf(bad.pod)}` : ref(kind, live);
    return [
      {
        ...where(snapshot, kind, live, made !== undefined),
        effect: true,
        cause: `${what} is not ready: ${why}.`,
        look: kubectl(
          "describe",
          bad ? `pod ${nameOf(bad.pod)}` : `${resourceName(kind)} ${nameOf(live)}`,
          `-n ${namespaceOf(live) ?? ""}`,
        ),
        fix: snapshot.repairCommand,
      },
    ];
  });

/** Workloads that keep their pods running. */
function workloads(snapshot: Snapshot): (Pair & { kind: (typeof WORKLOADS)[number] })[] {
  return WORKLOADS.flatMap((kind) => pairs(snapshot, kind).map((pair) => ({ kind, ...pair })));
}

/**
 * The mesh's own pods come from charts and matter to every lesson. An app's or addon's pods come from Pulumi and matter
 * only to its callers.
 */
function where(
  snapshot: Snapshot,
  kind: SnapshotKind,
  workload: KubeObject,
  made: boolean,
): Pick<RuleFinding, "namespace" | "services" | "aspects"> {
  const namespace = namespaceOf(workload);
  if (namespace === ROOT_NAMESPACE && !made)
    return { services: [], aspects: ["sidecar", "mtls", "authorization", "identity"] };
  if (namespace === INGRESS_NAMESPACE)
    return { services: [], aspects: ["gateway", "route", "split", "certificate", "protocol"] };
  return { namespace, services: concerns(snapshot, kind, workload), aspects: [] };
}

/** Why a pod is not ready, in its own words; undefined where it is ready. */
export function trouble(pod: KubeObject): string | undefined {
  const conditions = mapsAt(pod, "status", "conditions");
  if (conditions.some(({ type, status }) => type === "Ready" && status === "True")) return undefined;
  const unscheduled = conditions.find(({ type, status }) => type === "PodScheduled" && status === "False");
  if (unscheduled) return `it was put on no node: ${String(unscheduled.message ?? unscheduled.reason)}`;
  const statuses = [...mapsAt(pod, "status", "initContainerStatuses"), ...mapsAt(pod, "status", "containerStatuses")];
  const waiting = statuses.find(
    (status) =>
      textAt(status, "state", "waiting", "reason") !== undefined &&
      textAt(status, "state", "waiting", "reason") !== "PodInitializing",
  );
  if (waiting) {
    const said = textAt(waiting, "state", "waiting", "message") ?? textAt(waiting, "lastState", "terminated", "reason");
    return `container ${String(waiting.name)}: ${textAt(waiting, "state", "waiting", "reason")}${said ? ` (${said.slice(0, 200)})` : ""}`;
  }
  const ended = statuses.find(
    (status) => at(status, "state", "terminated") !== undefined && at(status, "state", "terminated", "exitCode") !== 0,
  );
  if (ended)
    return `container ${String(ended.name)} ended with exit code ${shown(at(ended, "state", "terminated", "exitCode"))}`;
  const slow = statuses.find(({ ready }) => ready === false);
  return slow ? `container ${String(slow.name)} runs and does not pass its readiness probe` : "it is still starting";
}

/** Why a Deployment could create no pod. */
function refusal(deployment: KubeObject): string | undefined {
  const failure = mapsAt(deployment, "status", "conditions").find(
    ({ type, status }) => type === "ReplicaFailure" && status === "True",
  );
  return failure && `no pod could be made: ${String(failure.message ?? failure.reason)}`;
}
